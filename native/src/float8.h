// The 8-bit float types, as tables of the float32 each code stands for.
#pragma once

#include <stdint.h>

namespace tenon {

// 256 values; dtype: one of TENON_F8_*.
const float* float8_values(int32_t dtype);

}  // namespace tenon
