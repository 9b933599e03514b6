// From Philox words to samples. Additions, products, FMA and square roots only, each rounded once,
// so that every instruction set gives the same bits. Polynomials are minimax fits (Remez).
#pragma once

#include <stdint.h>

#include "kernels.h"

namespace tenon {
namespace {

template <class S, int N>
typename S::F polynomial(typename S::F x, const float (&c)[N]) {
  typename S::F sum = S::number(c[N - 1]);
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; i--) sum = S::fma(sum, x, S::number(c[i]));
  return sum;
}

// -2 ln(1 + f) = f L(f) on sqrt(1/2) - 1 <= f < sqrt(2) - 1; relative error 3e-8.
constexpr float kLog[] = {-0x1.0p+1f,      0x1.fffff8p-1f,  -0x1.555794p-1f,
                          0x1.000572p-1f,  -0x1.98b6e0p-2f, 0x1.533226p-2f,
                          -0x1.323c40p-2f, 0x1.26401ap-2f,  -0x1.653e1cp-3f};
// sin t = t + t^3 S(t^2) and cos t = 1 + t^2 C(t^2) on |t| <= pi/4; errors 4e-9 and 3e-8.
constexpr float kSin[] = {-0x1.555546p-3f, 0x1.110760p-7f, -0x1.994ebcp-13f};
constexpr float kCos[] = {-0x1.ffffbap-2f, 0x1.553f96p-5f, -0x1.64757cp-10f};
// Giles' form of the inverse normal CDF, z = y P(w) with y = 2p - 1 and w = -ln(1 - y^2), fitted
// anew: in w - 2.5 below w = 5 (relative error 1e-7), and in sqrt(w) - 4 up to z = 8.4 (8e-7).
constexpr float kCentral[] = {0x1.0fc8bep+1f,   0x1.652c86p-2f,  -0x1.8332aap-8f,
                              -0x1.d0c8b2p-10f, 0x1.442adcp-12f, -0x1.a14874p-18f,
                              -0x1.4ee8dcp-18f, 0x1.04f9a2p-21f, 0x1.5a9fa0p-25f};
constexpr float kTail[] = {0x1.5b8992p+2f,  0x1.6d7abep+0f,   0x1.dc8446p-10f, -0x1.5308d4p-10f,
                           0x1.92b4b8p-12f, -0x1.533094p-14f, 0x1.e299ccp-14f, -0x1.8dfa14p-14f,
                           0x1.cdaa6ap-16f, -0x1.3058e0p-19f};
constexpr float kTwoLn2 = 0x1.62e430p+0f;
constexpr uint32_t kRootHalf = 0x3f3504f3u;

// -2 ln x, where x = 2^e (1 + f); near 1, f is given by the caller, who has it more exactly.
template <class S>
struct MinusTwoLog {
  using I = typename S::I;
  using F = typename S::F;

  static I exponent(F x) {
    return S::template signed_right<23>(S::subtract(S::as_bits(x), S::bits(kRootHalf)));
  }
  static F fraction(F x, I e) {
    return S::minus(S::as_float(S::subtract(S::as_bits(x), S::template left<23>(e))),
                    S::number(1.0f));
  }
  static F of(I e, F f) {
    return S::fma(f, polynomial<S>(f, kLog), S::times(S::from_int(e), S::number(-kTwoLn2)));
  }
};

// u = (w + 1/2) / 2^32 without losing the digits near 1: below 1/2 near is u, above it is u - 1.
template <class S>
typename S::F nearest_end(typename S::I w) {
  return S::fma(S::from_int(w), S::number(0x1p-32f), S::number(0x1p-33f));
}

// 24 bits of a word, low + u range, kept below the upper bound.
template <class S>
struct Uniform {
  using I = typename S::I;
  using F = typename S::F;
  F low, range, most;

  explicit Uniform(const Fill& fill)
      : low(S::number(fill.mean)),
        range(S::number(fill.deviation * 0x1p-24f)),
        most(S::number(fill.most)) {}

  F sample(I w) const {
    return S::least(S::fma(S::from_int(S::template right<8>(w)), range, low), most);
  }
  void operator()(I& even, I& odd, F& a, F& b) const {
    a = sample(even);
    b = sample(odd);
  }
};

// Box-Muller: 32 bits for the radius, and for the angle 32 for a place within a quarter turn, the
// lowest two of which also say which quarter.
template <class S>
struct Normal {
  using I = typename S::I;
  using F = typename S::F;
  F mean, deviation;

  explicit Normal(const Fill& fill)
      : mean(S::number(fill.mean)), deviation(S::number(fill.deviation)) {}

  static F radius(I w) {
    F near = nearest_end<S>(w);
    F u = S::if_negative(w, S::plus(near, S::number(1.0f)), near);
    I e = MinusTwoLog<S>::exponent(u);
    F f = S::if_zero(e, near, MinusTwoLog<S>::fraction(u, e));
    return S::root(MinusTwoLog<S>::of(e, f));
  }
  void operator()(I& even, I& odd, F& a, F& b) const {
    constexpr float kUnit = 0x1.921fb6p-32f;  // pi / 2^33
    F t = S::fma(S::from_int(odd), S::number(kUnit), S::number(kUnit / 2));
    F square = S::times(t, t);
    F sine = S::fma(S::times(t, square), polynomial<S>(square, kSin), t);
    F cosine = S::fma(square, polynomial<S>(square, kCos), S::number(1.0f));
    I sign = S::both(S::template left<30>(odd), S::bits(0x80000000u));
    F r = S::times(S::as_float(S::differ(S::as_bits(radius(even)), sign)), deviation);
    a = S::fma(r, S::if_odd(odd, sine, cosine), mean);
    b = S::fma(r, S::if_odd(odd, cosine, sine), mean);
  }
};

// The inverse CDF at a point between the bounds' CDF values; both tails are kept exact.
template <class S>
struct Truncated {
  using I = typename S::I;
  using F = typename S::F;
  F mean, deviation, range, below, above, center, least, most;

  explicit Truncated(const Fill& fill)
      : mean(S::number(fill.mean)),
        deviation(S::number(fill.deviation)),
        range(S::number(fill.range)),
        below(S::number(fill.below)),
        above(S::number(fill.above)),
        center(S::number(fill.center)),
        least(S::number(fill.least)),
        most(S::number(fill.most)) {}

  F sample(I w) const {
    const F one = S::number(1.0f), zero = S::number(0.0f);
    F near = nearest_end<S>(w);
    F u = S::if_negative(w, S::plus(one, near), near);
    F rest = S::if_negative(w, S::minus(zero, near), S::minus(one, near));
    F middle = nearest_end<S>(S::differ(w, S::bits(0x80000000u)));  // u - 1/2
    F lower = S::fma(u, range, below);
    F upper = S::fma(rest, range, above);
    F y = S::fma(middle, range, center);
    y = S::plus(y, y);
    F x = S::times(S::times(lower, S::number(4.0f)), upper);  // 1 - y^2
    I e = MinusTwoLog<S>::exponent(x);
    F w2 = MinusTwoLog<S>::of(e, MinusTwoLog<S>::fraction(x, e));
    F log = S::most(S::times(w2, S::number(0.5f)), zero);
    F central = polynomial<S>(S::minus(log, S::number(2.5f)), kCentral);
    F tail = polynomial<S>(S::minus(S::root(log), S::number(4.0f)), kTail);
    F z = S::times(y, S::if_less(log, S::number(5.0f), central, tail));
    return S::least(S::most(S::fma(z, deviation, mean), least), most);
  }
  void operator()(I& even, I& odd, F& a, F& b) const {
    a = sample(even);
    b = sample(odd);
  }
};

}  // namespace
}  // namespace tenon
