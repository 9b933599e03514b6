#include "grid.h"

#include "half.h"
#include "tenon.h"

namespace tenon {
namespace {

uint32_t code_of(float x, int32_t dtype) {
  if (dtype == TENON_BF16) return bfloat16_of(x);
  if (dtype == TENON_F16) return float16_of(x);
  return bits_of(x);
}

float value_of(uint32_t code, int32_t dtype) {
  if (dtype == TENON_BF16) return float_of(code << 16);
  if (dtype == TENON_F16) return from_float16(static_cast<uint16_t>(code));
  return float_of(code);
}

// The neighbour of a value of the dtype; an infinity at the end stays.
float next(float x, int32_t dtype, bool up) {
  uint32_t sign = dtype == TENON_BF16 || dtype == TENON_F16 ? 0x8000u : 0x80000000u;
  if (x == 0.0f) return value_of(up ? 1u : sign | 1u, dtype);
  bool away = (x > 0.0f) == up;
  if (away && x - x != 0.0f) return x;
  uint32_t code = code_of(x, dtype);
  return value_of(away ? code + 1 : code - 1, dtype);
}

}  // namespace

float rounded(double x, int32_t dtype) {
  return value_of(code_of(static_cast<float>(x), dtype), dtype);
}

float least_at_or_above(double x, int32_t dtype) {
  float near = rounded(x, dtype);
  return near < x ? next(near, dtype, true) : near;
}

float greatest_at_or_below(double x, int32_t dtype) {
  float near = rounded(x, dtype);
  return near > x ? next(near, dtype, false) : near;
}

float greatest_below(double x, int32_t dtype) {
  float near = rounded(x, dtype);
  return near >= x ? next(near, dtype, false) : near;
}

int64_t element_bytes(int32_t dtype) {
  if (dtype == TENON_F64) return 8;
  if (dtype == TENON_F32) return 4;
  return dtype == TENON_BF16 || dtype == TENON_F16 ? 2 : 1;
}

}  // namespace tenon
