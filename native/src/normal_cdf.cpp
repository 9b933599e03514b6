#include "normal_cdf.h"

#include <math.h>
#include <string.h>

namespace tenon {
namespace {

constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseRootTwoPi = 0x1.9884533d43651p-2;
constexpr double kLogRootTwoPi = 0x1.d67f1c864beb5p-1;

double two_to(int64_t exponent) {  // within the normal numbers
  uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// P(Z > x) / density(x) by Laplace's continued fraction, from the inside out, for x >= 3. Starting
// from what the rest of it tends to, 40 terms are exact to 5e-17 there, and 16 from 5 on to 6e-15.
double mills_ratio(double x) {
  const int terms = x < 5.0 ? 40 : 16;
  double tail = 0.5 * (x + sqrt(x * x + 4.0 * terms));
  for (int k = terms; k > 0; k--) tail = x + k / tail;
  return 1.0 / tail;
}

double log_tail(double x, double ratio) {
  return -0.5 * x * x - kLogRootTwoPi + natural_log(ratio);
}

double density(double x) { return kInverseRootTwoPi * natural_exp(-0.5 * x * x); }

}  // namespace

double natural_exp(double x) {
  if (x < -745.0) return 0.0;
  int64_t n = static_cast<int64_t>(x / (kLn2High + kLn2Low) + (x < 0 ? -0.5 : 0.5));
  double r = x - static_cast<double>(n) * kLn2High - static_cast<double>(n) * kLn2Low;
  double sum = 1.0;
  for (int k = 16; k > 0; k--) sum = 1.0 + r * sum / k;
  int64_t half = n / 2;  // in two steps: the result may be subnormal
  return sum * two_to(half) * two_to(n - half);
}

double natural_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int64_t e = static_cast<int64_t>(bits >> 52) - 1023;
  double m = x / two_to(e);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e++;
  }
  double s = (m - 1.0) / (m + 1.0);  // ln m = 2 atanh s
  double square = s * s, sum = 0.0;
  for (int k = 27; k > 0; k -= 2) sum = 1.0 / k + square * sum;
  return 2.0 * s * sum + static_cast<double>(e) * kLn2Low + static_cast<double>(e) * kLn2High;
}

double normal_cdf(double x) {
  if (x > 3.0) return 1.0 - density(x) * mills_ratio(x);
  if (x < -3.0) return density(x) * mills_ratio(-x);
  double term = x, sum = 0.0;  // x + x^3/3 + x^5/15 + ...
  for (int k = 1; k < 120; k++) {
    sum += term;
    term *= x * x / (2 * k + 1);
  }
  return 0.5 + density(x) * sum;
}

double log_normal_tail(double x) {
  if (x < 3.0) return natural_log(normal_cdf(-x));
  return log_tail(x, mills_ratio(x));
}

double normal_tail_quantile(double from, double share) {
  double log_share = natural_log(share);
  if (from > 1e6) return from - log_share / from;  // exponential there, to double precision
  double goal = log_normal_tail(from) + log_share;
  double z = sqrt(from * from - 2.0 * log_share);
  // Newton on ln P(Z > z), whose slope is -1 / Mills' ratio; float32 is exact after two steps.
  for (int step = 0; step < 3; step++) {
    double ratio = mills_ratio(z);
    z += (log_tail(z, ratio) - goal) * ratio;
  }
  return z < from ? from : z;
}

}  // namespace tenon
