// The normal distribution's CDF and what the tails of a truncated one need, in double precision.
// Own arithmetic rather than libm's, whose last digit differs between versions of libc.
#pragma once

#include <stdint.h>

namespace tenon {

double natural_exp(double x);
double natural_log(double x);
// P(Z < x), with full relative precision in the lower tail.
double normal_cdf(double x);
// ln P(Z > x) for x > 0, for any x.
double log_normal_tail(double x);
// z >= from with P(Z > z) = share P(Z > from), for from >= 4 and 0 < share <= 1.
double normal_tail_quantile(double from, double share);

}  // namespace tenon
