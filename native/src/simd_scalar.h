// Two 32-bit lanes in plain C++: one Philox block at a time, for processors without AVX2.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "half.h"

namespace tenon {
namespace {

struct Simd {
  struct I {
    uint32_t at[2];
  };
  struct F {
    float at[2];
  };
  static constexpr int kLanes = 2;
  static constexpr int kGroups = 1;

  static uint64_t wide(I a) { return a.at[0] | static_cast<uint64_t>(a.at[1]) << 32; }
  static I broadcast(uint64_t x) {
    return {{static_cast<uint32_t>(x), static_cast<uint32_t>(x >> 32)}};
  }
  static I counters(uint64_t first) { return broadcast(first); }
  static I multiply(I a, I b) { return broadcast(static_cast<uint64_t>(a.at[0]) * b.at[0]); }
  static I high(I a) { return {{a.at[1], 0}}; }
  static I xor3(I a, I b, I c) { return differ(differ(a, b), c); }
  static I interleave(I even, I odd) { return {{even.at[0], odd.at[0]}}; }
  static I in_block_order(I a) { return a; }

  static I bits(uint32_t x) { return {{x, x}}; }
  static I add(I a, I b) { return {{a.at[0] + b.at[0], a.at[1] + b.at[1]}}; }
  static I subtract(I a, I b) { return {{a.at[0] - b.at[0], a.at[1] - b.at[1]}}; }
  static I both(I a, I b) { return {{a.at[0] & b.at[0], a.at[1] & b.at[1]}}; }
  static I either(I a, I b) { return {{a.at[0] | b.at[0], a.at[1] | b.at[1]}}; }
  static I differ(I a, I b) { return {{a.at[0] ^ b.at[0], a.at[1] ^ b.at[1]}}; }
  template <int N>
  static I left(I a) {
    return {{a.at[0] << N, a.at[1] << N}};
  }
  template <int N>
  static I right(I a) {
    return {{a.at[0] >> N, a.at[1] >> N}};
  }
  static int32_t whole(uint32_t x) { return static_cast<int32_t>(x); }
  template <int N>
  static I signed_right(I a) {
    return {
        {static_cast<uint32_t>(whole(a.at[0]) >> N), static_cast<uint32_t>(whole(a.at[1]) >> N)}};
  }

  static I upper_halves_of(I a, I b) {
    return either(both(a, bits(0xffff0000u)), both(b, bits(0xffffu)));
  }

  static F number(float x) { return {{x, x}}; }
  static F from_int(I a) {
    return {{static_cast<float>(whole(a.at[0])), static_cast<float>(whole(a.at[1]))}};
  }
  static F as_float(I a) { return {{float_of(a.at[0]), float_of(a.at[1])}}; }
  static I as_bits(F a) { return {{bits_of(a.at[0]), bits_of(a.at[1])}}; }
  static F plus(F a, F b) { return {{a.at[0] + b.at[0], a.at[1] + b.at[1]}}; }
  static F minus(F a, F b) { return {{a.at[0] - b.at[0], a.at[1] - b.at[1]}}; }
  static F times(F a, F b) { return {{a.at[0] * b.at[0], a.at[1] * b.at[1]}}; }
  static F fma(F a, F b, F c) {
    return {{fmaf(a.at[0], b.at[0], c.at[0]), fmaf(a.at[1], b.at[1], c.at[1])}};
  }
  static F root(F a) { return {{sqrtf(a.at[0]), sqrtf(a.at[1])}}; }
  static F least(F a, F b) { return if_less(a, b, a, b); }
  static F most(F a, F b) { return if_less(b, a, a, b); }
  static F if_negative(I test, F yes, F no) {
    return {{whole(test.at[0]) < 0 ? yes.at[0] : no.at[0],
             whole(test.at[1]) < 0 ? yes.at[1] : no.at[1]}};
  }
  static F if_odd(I test, F yes, F no) { return if_negative(left<31>(test), yes, no); }
  static F if_zero(I test, F yes, F no) {
    return {{test.at[0] == 0 ? yes.at[0] : no.at[0], test.at[1] == 0 ? yes.at[1] : no.at[1]}};
  }
  static F if_less(F a, F b, F yes, F no) {
    return {{a.at[0] < b.at[0] ? yes.at[0] : no.at[0], a.at[1] < b.at[1] ? yes.at[1] : no.at[1]}};
  }
  static I if_nan(F a, I yes, I no) {
    return {{a.at[0] != a.at[0] ? yes.at[0] : no.at[0], a.at[1] != a.at[1] ? yes.at[1] : no.at[1]}};
  }

  static F unpack_low(F a, F b) { return {{a.at[0], b.at[0]}}; }
  static F unpack_high(F a, F b) { return {{a.at[1], b.at[1]}}; }

  static void store(void* out, I a) { memcpy(out, a.at, sizeof a.at); }
  static void store_float32(void* out, F a) { memcpy(out, a.at, sizeof a.at); }
  static void store_float16(void* out, F a) {
    uint16_t half[2] = {float16_of(a.at[0]), float16_of(a.at[1])};
    memcpy(out, half, sizeof half);
  }
  static void store_float64(void* out, F a) {
    double wide[2] = {a.at[0], a.at[1]};
    memcpy(out, wide, sizeof wide);
  }
  static void store_low_halves(void* out, I a) {
    uint16_t half[2] = {static_cast<uint16_t>(a.at[0]), static_cast<uint16_t>(a.at[1])};
    memcpy(out, half, sizeof half);
  }

  static F load_float32(const void* in) {
    F a;
    memcpy(a.at, in, sizeof a.at);
    return a;
  }
  static I load_halves(const void* in) {
    uint16_t half[2];
    memcpy(half, in, sizeof half);
    return {{half[0], half[1]}};
  }
  static F load_float16(const void* in) {
    I half = load_halves(in);
    return {{from_float16(static_cast<uint16_t>(half.at[0])),
             from_float16(static_cast<uint16_t>(half.at[1]))}};
  }
  static F load_float64(const void* in) {
    double wide[2];
    memcpy(wide, in, sizeof wide);
    return {{static_cast<float>(wide[0]), static_cast<float>(wide[1])}};
  }
  static F look_up(const float* table, const void* in) {
    const uint8_t* index = static_cast<const uint8_t*>(in);
    return {{table[index[0]], table[index[1]]}};
  }
  typedef const float* Sixteen;
  static Sixteen sixteen(const float* table) { return table; }
};

}  // namespace
}  // namespace tenon
