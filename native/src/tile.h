// Elements that are no neighbours on one side or the other, placed a small square at a time.
#pragma once

#include <stdint.h>

#include "kernels.h"

namespace tenon {

// Rows of elements in memory: how many bytes the rows, and the elements of a row, are apart.
struct Grid {
  const char* first;
  int64_t pitch, step;
};

// The same where they are to be.
struct Target {
  char* first;
  int64_t pitch, step;
};

// from, to: tenon_dtype; size, to_size: bytes of an element of each.
struct Types {
  int32_t from, to;
  int64_t size, to_size;
};

void place_rows(const Kernels& kernels, const Types& types, const Grid& from, const Target& to,
                int64_t rows, int64_t columns);
void place_tiles(const Kernels& kernels, const Types& types, const Grid& from, const Target& to,
                 int64_t rows, int64_t columns);

}  // namespace tenon
