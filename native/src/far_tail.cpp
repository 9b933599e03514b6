#include "far_tail.h"

#include <string.h>

#include "grid.h"
#include "half.h"
#include "normal_cdf.h"
#include "philox.h"
#include "simd_scalar.h"
#include "tenon.h"

namespace tenon {
namespace {

void put(float x, int32_t dtype, void* out) {
  uint16_t half = dtype == TENON_BF16 ? bfloat16_of(x) : float16_of(x);
  double wide = x;
  if (dtype == TENON_F32) {
    memcpy(out, &x, sizeof x);
  } else if (dtype == TENON_F64) {
    memcpy(out, &wide, sizeof wide);
  } else {
    memcpy(out, &half, sizeof half);
  }
}

}  // namespace

void fill_far_tail(const Fill& fill, uint64_t start, uint64_t length, void* out) {
  double from = (fill.c - fill.a) / fill.b, to = (fill.d - fill.a) / fill.b;
  bool mirrored = to < 0;
  double near = mirrored ? -to : from, far = mirrored ? -from : to;
  double share_beyond =
      far > 1e150 ? 0.0 : natural_exp(log_normal_tail(far) - log_normal_tail(near));
  const Philox<Simd> philox(fill.key, fill.stream);
  const int64_t bytes = element_bytes(fill.dtype);
  char* to_out = static_cast<char*>(out);
  Simd::I even = {}, odd = {};
  for (uint64_t i = start; i < start + length; i++, to_out += bytes) {
    if (i == start || (i & 3) == 0) philox.words<1>(i >> 2, &even, &odd);
    uint32_t word = ((i & 1) == 0 ? even : odd).at[i >> 1 & 1];
    double u = (word + 0.5) * 0x1p-32;
    double share = share_beyond + (1.0 - share_beyond) * (mirrored ? u : 1.0 - u);
    double z = normal_tail_quantile(near, share);
    float x = static_cast<float>(fill.a + fill.b * (mirrored ? -z : z));
    x = x < fill.least ? fill.least : x > fill.most ? fill.most : x;
    put(x, fill.dtype, to_out);
  }
}

}  // namespace tenon
