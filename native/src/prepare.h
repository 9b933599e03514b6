// What a batch's item means, checked and worked out once.
#pragma once

#include "kernels.h"
#include "tenon.h"

namespace tenon {

// Kinds beside tenon_kind: an item of TENON_TRUNCATED_NORMAL that lies in one far tail.
constexpr int32_t kFarTail = 4;

bool is_sound(const tenon_fill_item& item);
Fill prepared(const tenon_fill_item& item);

}  // namespace tenon
