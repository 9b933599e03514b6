#include <math.h>
#include <string.h>

#include "../src/normal_cdf.h"
#include "../src/philox.h"
#include "../src/simd_scalar.h"
#include "check.h"

namespace {

double libm_cdf(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

void test_cdf() {
  for (double x = -37; x < 8; x += 0.01) {
    CHECK(fabs(tenon::normal_cdf(x) / libm_cdf(x) - 1) < 1e-12, "x=%g", x);
    if (x > 0) CHECK(fabs(tenon::log_normal_tail(x) - log(libm_cdf(-x))) < 1e-12, "x=%g", x);
  }
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    CHECK(fabs(tenon::natural_log(x) - log(x)) <= 1e-15 * fabs(log(x)) + 1e-16, "x=%g", x);
  }
  for (double x = -700; x < 1; x += 0.37) {
    CHECK(fabs(tenon::natural_exp(x) / exp(x) - 1) < 1e-15, "x=%g", x);
  }
}

uint32_t word(const tenon::Philox<tenon::Simd>& philox, int64_t index) {
  tenon::Simd::I even, odd;
  philox.words<1>(static_cast<uint64_t>(index) / 4, &even, &odd);
  return (index % 2 == 0 ? even : odd).at[index / 2 % 2];
}

// Each sample is where the CDF has risen by its word's share, to float32's precision.
void test_inverse(double low, double high) {
  constexpr int64_t length = 20000;
  TestPool pool(1);
  tenon_fill_item item = {0, 0, length, TENON_F32, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, low, high};
  std::vector<unsigned char> out = drawn(pool.handle(), item);
  tenon::Philox<tenon::Simd> philox(0x0123456789abcdef, 0xfedcba9876543210);
  bool upper = low > 0;  // there the tail above is what has digits
  double from = upper ? libm_cdf(-low) : libm_cdf(low),
         to = upper ? libm_cdf(-high) : libm_cdf(high);
  for (int64_t i = 0; i < length; i++) {
    float z;
    memcpy(&z, out.data() + 4 * i, sizeof z);
    CHECK(z >= low && z <= high, "z=%.9g low=%g high=%g", static_cast<double>(z), low, high);
    double u = (word(philox, i) + 0.5) * 0x1p-32;
    double wanted = upper ? to + (from - to) * (1 - u) : from + (to - from) * u;
    double got = upper ? libm_cdf(-static_cast<double>(z)) : libm_cdf(static_cast<double>(z));
    double slope = exp(-0.5 * static_cast<double>(z) * static_cast<double>(z)) * 0.3989422804014327;
    double error = fabs(got - wanted) / slope;
    // Above 1/2 the CDF itself has float32's step here, which the tail's slope magnifies.
    CHECK(error < 3e-6 * (1 + fabs(static_cast<double>(z))),
          "low=%g high=%g u=%.9g z=%.9g error=%g", low, high, u, static_cast<double>(z), error);
  }
}

}  // namespace

void test_truncated() {
  const double infinity = HUGE_VAL;
  test_cdf();
  const double bounds[][2] = {{-2, 2},    {-1, 3},         {-0.001, 0.001}, {-infinity, infinity},
                              {1, 1.5},   {-4, -3},        {3, infinity},   {-infinity, -4.9},
                              {4.9, 30},  {6, 7},          {-9, -8},        {12, infinity},
                              {-20, 0.5}, {-infinity, -7}, {0, 5}};
  for (const auto& bound : bounds) test_inverse(bound[0], bound[1]);
}
