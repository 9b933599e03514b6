// The values a dtype can hold, as float32; float64 outputs hold widened float32 samples.
#pragma once

#include <stdint.h>

namespace tenon {

// The value of the dtype nearest to x, ties to even.
float rounded(double x, int32_t dtype);
float least_at_or_above(double x, int32_t dtype);
float greatest_at_or_below(double x, int32_t dtype);
float greatest_below(double x, int32_t dtype);
// The bytes of an element: 2, 4 or 8.
int64_t element_bytes(int32_t dtype);

}  // namespace tenon
