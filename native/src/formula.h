// Whether a packed tensor's description holds together.
#pragma once

#include <stdint.h>

#include "tenon.h"

namespace tenon {

// Whether its numbers have a meaning and its indices name rows or columns of its grids.
bool is_sound(const tenon_formula& formula);

// Whether a sound item takes float32 that a sound formula has.
bool is_within(const tenon_formula& formula, const tenon_move_item& item);

}  // namespace tenon
