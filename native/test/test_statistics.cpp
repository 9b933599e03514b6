// Moments, Kolmogorov-Smirnov, chi square over the exact cells of each dtype, and tail counts. The
// seed is fixed, so the verdict is too.
#include <math.h>
#include <string.h>

#include "../src/half.h"
#include "check.h"

namespace {

struct Shape {
  const char* name;
  tenon_fill_item item;
};

// P(X < x), by libm; a uniform has 2^24 values, and one that is x itself counts if tie_below.
double cdf(const tenon_fill_item& item, double x, bool tie_below) {
  auto normal = [](double z) { return 0.5 * erfc(-z * M_SQRT1_2); };
  if (item.kind == TENON_UNIFORM) {
    double steps = (x - item.a) / (item.b - item.a) * 0x1p24;
    double below = tie_below ? floor(steps) + 1 : ceil(steps);
    return fmin(fmax(below * 0x1p-24, 0.0), 1.0);
  }
  if (item.kind == TENON_NORMAL) return normal(x);
  if (x <= item.c) return 0.0;
  if (x >= item.d) return 1.0;
  return (normal(x) - normal(item.c)) / (normal(item.d) - normal(item.c));
}

// Codes in the order of their values: sign-magnitude turned into an integer.
int64_t ordered(uint32_t code, uint32_t sign) {
  return (code & sign) != 0 ? -static_cast<int64_t>(code & (sign - 1)) : code;
}

struct Cells {
  int64_t dtype;
  int shift;     // codes to a cell, as a power of two: one for the half types
  int64_t half;  // cells on each side of zero

  explicit Cells(int64_t type)
      : dtype(type),
        shift(type == TENON_F32 || type == TENON_F64 ? 14 : 0),
        half(int64_t{1} << (shift == 0 ? 15 : 17)) {}

  double value(int64_t order) const {
    uint32_t magnitude = static_cast<uint32_t>(order < 0 ? -order : order);
    double x = dtype == TENON_BF16 ? static_cast<double>(tenon::float_of(magnitude << 16))
               : dtype == TENON_F16
                   ? static_cast<double>(tenon::from_float16(static_cast<uint16_t>(magnitude)))
                   : static_cast<double>(tenon::float_of(magnitude));
    return order < 0 ? -x : x;
  }
  // What is below it rounds into a lower cell.
  double lower_edge(int64_t cell) const {
    int64_t first = cell * (int64_t{1} << shift);
    double a = value(first - 1), b = value(first);
    return isfinite(a) && isfinite(b) ? 0.5 * (a + b) : b;
  }
  int64_t cell_of(const unsigned char* at) const {
    uint32_t code;
    if (shift == 0) {
      uint16_t half_code;
      memcpy(&half_code, at, 2);
      return ordered(half_code, 0x8000u);
    }
    float x;
    if (dtype == TENON_F32) {
      memcpy(&x, at, 4);
    } else {
      double wide;
      memcpy(&wide, at, 8);
      x = static_cast<float>(wide);
    }
    code = tenon::bits_of(x);
    return ordered(code, 0x80000000u) >> shift;
  }
};

struct Sums {
  double power[4] = {};
  int64_t tails[4] = {};
};

constexpr double kTails[] = {3, 4, 4.5, 5};

void check_normal(const Sums& sums, double n) {
  double mean = sums.power[0] / n, m2 = sums.power[1] / n, m3 = sums.power[2] / n,
         m4 = sums.power[3] / n;
  double variance = m2 - mean * mean;
  double skew = (m3 - 3 * mean * m2 + 2 * mean * mean * mean) / pow(variance, 1.5);
  double kurtosis = (m4 - 4 * mean * m3 + 6 * mean * mean * m2 - 3 * mean * mean * mean * mean) /
                    (variance * variance);
  CHECK(fabs(mean) * sqrt(n) < 5, "mean=%g", mean);
  CHECK(fabs(variance - 1) / sqrt(2 / n) < 5, "variance=%.9g", variance);
  CHECK(fabs(skew) / sqrt(6 / n) < 5, "skew=%g", skew);
  CHECK(fabs(kurtosis - 3) / sqrt(24 / n) < 5, "kurtosis=%.9g", kurtosis);
}

void check_tails(const Sums& sums, const Cells& cells, double n) {
  for (int i = 0; i < 4; i++) {
    // The tail begins where rounding first reaches its bound.
    int64_t order = 0, step = int64_t{1} << (cells.shift == 0 ? 14 : 30);
    for (; step > 0; step /= 2) {
      double x = cells.value(order + step);
      if (x < kTails[i]) order += step;
    }
    double edge = 0.5 * (cells.value(order) + cells.value(order + 1));
    double expected = n * erfc(edge * M_SQRT1_2);
    double z = (static_cast<double>(sums.tails[i]) - expected) / sqrt(expected);
    CHECK(expected < 10 || fabs(z) < 5, "beyond %g: count=%ld expected=%g", kTails[i],
          static_cast<long>(sums.tails[i]), expected);
  }
}

void check_cells(const Shape& shape, const Cells& cells, const std::vector<int64_t>& histogram,
                 double n) {
  double chi = 0, pooled_expected = 0, pooled = 0, seen = 0, worst = 0;
  int64_t freedom = -1;
  double below = 0;
  for (int64_t cell = -cells.half; cell < cells.half; cell++) {
    double edge = cell + 1 == cells.half ? HUGE_VAL : cells.lower_edge(cell + 1);
    // Between an odd code and an even one, rounding gives a tie to the even.
    bool odd = cells.shift == 0 && (cell + 1) % 2 != 0;
    double above = isfinite(edge) ? cdf(shape.item, edge, odd) : cell < 0 ? 0.0 : 1.0;
    // What would round to a uniform's upper bound goes to the value below it.
    bool last = cells.value((cell + 1) * (int64_t{1} << cells.shift)) >= shape.item.b;
    if (shape.item.kind == TENON_UNIFORM && cell >= 0 && last) above = 1.0;
    double count = static_cast<double>(histogram[static_cast<size_t>(cell + cells.half)]);
    seen += count;
    worst = fmax(worst, fabs(seen / n - above));
    pooled += count;
    pooled_expected += n * (above - below);
    below = above;
    if (pooled_expected >= 25) {
      chi += (pooled - pooled_expected) * (pooled - pooled_expected) / pooled_expected;
      freedom++;
      pooled = pooled_expected = 0;
    }
  }
  double z = (chi - static_cast<double>(freedom)) / sqrt(2.0 * static_cast<double>(freedom));
  CHECK(freedom > 100 && fabs(z) < 5, "%s dtype=%ld: chi square z=%g cells=%ld", shape.name,
        static_cast<long>(cells.dtype), z, static_cast<long>(freedom));
  CHECK(sqrt(n) * worst < 1.95, "%s dtype=%ld: sqrt(n) D=%g", shape.name,
        static_cast<long>(cells.dtype), sqrt(n) * worst);
}

void test_shape(const Shape& shape, int64_t dtype, int log_samples) {
  constexpr int64_t piece = 1 << 18;
  const int64_t samples = int64_t{1} << log_samples;
  TestPool pool(2);
  Cells cells(dtype);
  std::vector<int64_t> histogram(static_cast<size_t>(2 * cells.half));
  Sums sums;
  for (int64_t start = 0; start < samples; start += piece) {
    tenon_fill_item item = shape.item;
    item.dtype = dtype;
    item.start = start;
    item.length = piece;
    std::vector<unsigned char> out = drawn(pool.handle(), item);
    for (int64_t i = 0; i < piece; i++) {
      int64_t cell = cells.cell_of(out.data() + i * bytes_of(dtype));
      histogram[static_cast<size_t>(cell + cells.half)]++;
      if (shape.item.kind != TENON_NORMAL) continue;
      float x = tenon::float_of(0);
      if (dtype == TENON_F32) memcpy(&x, out.data() + 4 * i, 4);
      double value = cells.shift == 0 ? cells.value(cell) : static_cast<double>(x);
      if (dtype == TENON_F64) memcpy(&value, out.data() + 8 * i, 8);
      double power = 1;
      for (double& sum : sums.power) sum += power *= value;
      for (int t = 0; t < 4; t++) sums.tails[t] += fabs(value) >= kTails[t];
    }
  }
  double n = static_cast<double>(samples);
  if (shape.item.kind == TENON_NORMAL) {
    check_normal(sums, n);
    check_tails(sums, cells, n);
  }
  check_cells(shape, cells, histogram, n);
}

}  // namespace

void test_statistics(int log_samples) {
  const Shape shapes[] = {
      {"normal", {0, 0, 0, 0, TENON_NORMAL, 0, 0, 0, 1, 0, 0}},
      {"uniform", {0, 0, 0, 0, TENON_UNIFORM, 0, 0, -1, 1, 0, 0}},
      {"truncated at 2", {0, 0, 0, 0, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, -2, 2}},
      {"truncated above 1", {0, 0, 0, 0, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, 1, HUGE_VAL}}};
  for (const Shape& shape : shapes) {
    for (int64_t dtype = TENON_F32; dtype <= TENON_F64; dtype++) {
      test_shape(shape, dtype, log_samples);
    }
  }
}
