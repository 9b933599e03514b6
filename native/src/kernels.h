// What each instruction set offers the rest of the library: one table of functions.
#pragma once

#include <stdint.h>

#include "tenon.h"

namespace tenon {

// An item of a batch with everything worked out that does not depend on the element.
struct Fill {
  uint64_t key;
  uint64_t stream;
  int32_t dtype;
  int32_t kind;
  // Uniform: low end and range instead. The rest: see the distributions.
  float mean, deviation;
  float range, below, above, center;
  float least, most;  // bounds in the output type
  double a, b, c, d;
};

struct Kernels {
  int32_t isa;
  // Elements start to start + length - 1 of the tensor, the first of them to out.
  void (*fill)(const Fill& fill, uint64_t start, uint64_t length, void* out);
  // length elements; from and to are tenon_dtype codes other than TENON_BYTES.
  void (*convert)(int32_t from, int32_t to, const void* in, void* out, uint64_t length);
  // Values first to first + count - 1 of a packed tensor, in row-major order.
  void (*unpack)(const tenon_formula& formula, int64_t first, int64_t count, float* out);
};

extern const Kernels scalar_kernels;
#if defined(__x86_64__)
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
#endif

// The table of a tenon_isa; nullptr if this processor lacks it.
const Kernels* kernels_of(int32_t isa);

}  // namespace tenon
