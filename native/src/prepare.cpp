#include "prepare.h"

#include <math.h>

#include "grid.h"
#include "normal_cdf.h"

namespace tenon {
namespace {

// Beyond this many deviations float32 CDF values and the fitted tail no longer carry.
constexpr double kFar = 5.0;

bool fits_float(double x) { return isfinite(static_cast<float>(x)); }

void make_constant(Fill* fill, double value) {
  fill->kind = TENON_CONSTANT;
  fill->a = value;
}

void prepare_uniform(Fill* fill) {
  if (fill->a == fill->b) return make_constant(fill, fill->a);
  fill->mean = static_cast<float>(fill->a);
  fill->deviation = static_cast<float>(fill->b - fill->a);
  fill->most = greatest_below(fill->b, fill->dtype);
}

void prepare_truncated(Fill* fill) {
  const double mean = fill->a, deviation = fill->b, low = fill->c, high = fill->d;
  fill->least = least_at_or_above(low, fill->dtype);
  fill->most = greatest_at_or_below(high, fill->dtype);
  if (low == high || fill->least > fill->most) return make_constant(fill, 0.5 * low + 0.5 * high);
  double from = (low - mean) / deviation, to = (high - mean) / deviation;
  if (deviation == 0.0 || !(from < HUGE_VAL) || !(to > -HUGE_VAL)) {
    return make_constant(fill, mean < low ? fill->least : mean > high ? fill->most : mean);
  }
  if (from > kFar || to < -kFar) {
    fill->kind = kFarTail;
    return;
  }
  double below = normal_cdf(from), above = normal_cdf(-to);
  // The smaller masses tell the range without cancellation.
  double range = from > 0 ? normal_cdf(-from) - above
                 : to < 0 ? normal_cdf(to) - below
                          : 1.0 - below - above;
  fill->range = static_cast<float>(range);
  fill->below = static_cast<float>(below);
  fill->above = static_cast<float>(above);
  fill->center = static_cast<float>(0.5 * (below - above));
}

}  // namespace

bool is_sound(const tenon_fill_item& item) {
  if (item.start < 0 || item.length < 0 || (item.address == 0 && item.length > 0)) return false;
  if (item.start > INT64_MAX - item.length || item.length > INT64_MAX / 64) return false;
  if (item.dtype < TENON_F32 || item.dtype > TENON_F64) return false;
  switch (item.kind) {
    case TENON_CONSTANT:
      return true;
    case TENON_UNIFORM:
      return fits_float(item.a) && fits_float(item.b) && fits_float(item.b - item.a) &&
             item.a <= item.b;
    case TENON_NORMAL:
      return fits_float(item.a) && fits_float(item.b) && item.b >= 0.0;
    case TENON_TRUNCATED_NORMAL:
      return fits_float(item.a) && fits_float(item.b) && item.b >= 0.0 && item.c <= item.d &&
             item.c < HUGE_VAL && item.d > -HUGE_VAL;
    default:
      return false;
  }
}

Fill prepared(const tenon_fill_item& item) {
  Fill fill = {};
  fill.key = item.key;
  fill.stream = item.stream;
  fill.dtype = static_cast<int32_t>(item.dtype);
  fill.kind = static_cast<int32_t>(item.kind);
  fill.a = item.a;
  fill.b = item.b;
  fill.c = item.c;
  fill.d = item.d;
  fill.mean = static_cast<float>(item.a);
  fill.deviation = static_cast<float>(item.b);
  if (fill.kind == TENON_UNIFORM) prepare_uniform(&fill);
  if (fill.kind == TENON_TRUNCATED_NORMAL) prepare_truncated(&fill);
  return fill;
}

}  // namespace tenon
