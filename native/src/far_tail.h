// Truncated normals whose bounds both lie more than five deviations to one side of the mean.
#pragma once

#include <stdint.h>

#include "kernels.h"

namespace tenon {

// One element at a time, in double precision, the same on every processor.
void fill_far_tail(const Fill& fill, uint64_t start, uint64_t length, void* out);

}  // namespace tenon
