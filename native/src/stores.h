// How vectors of float32 become elements of a dtype in memory.
#pragma once

#include <stdint.h>

namespace tenon {
namespace {

// float32 to bfloat16 in the upper half of each lane, round to nearest even; not for NaN.
template <class S>
typename S::I rounded_bfloat16(typename S::F x) {
  typename S::I bits = S::as_bits(x);
  typename S::I even = S::both(S::template right<16>(bits), S::bits(1));
  return S::add(bits, S::add(even, S::bits(0x7fffu)));
}

// pair: samples as distributions give them (a: elements 0 and 2 of each block, b: 1 and 3), in
// S::counters order. row: consecutive elements.
struct Float32 {
  static constexpr int kBytes = 4;
  template <class S>
  static void row(void* out, typename S::F x) {
    S::store_float32(out, x);
  }
  template <class S>
  static typename S::F load(const void* in, const float*) {
    return S::load_float32(in);
  }
};

struct Float16 {
  static constexpr int kBytes = 2;
  template <class S>
  static void row(void* out, typename S::F x) {
    S::store_float16(out, x);
  }
  template <class S>
  static typename S::F load(const void* in, const float*) {
    return S::load_float16(in);
  }
};

struct Float64 {
  static constexpr int kBytes = 8;
  template <class S>
  static void row(void* out, typename S::F x) {
    S::store_float64(out, x);
  }
  template <class S>
  static typename S::F load(const void* in, const float*) {
    return S::load_float64(in);
  }
};

struct BFloat16 {
  static constexpr int kBytes = 2;
  template <class S>
  static void row(void* out, typename S::F x) {
    typename S::I quiet = S::either(S::as_bits(x), S::bits(0x400000u));
    typename S::I bits = S::if_nan(x, quiet, rounded_bfloat16<S>(x));
    S::store_low_halves(out, S::template right<16>(bits));
  }
  template <class S>
  static typename S::F load(const void* in, const float*) {
    return S::as_float(S::template left<16>(S::load_halves(in)));
  }
};

struct Float8 {
  static constexpr int kBytes = 1;
  template <class S>
  static typename S::F load(const void* in, const float* table) {
    return S::look_up(table, in);
  }
};

template <class S, class T>
struct Pair {
  static void store(void* out, typename S::F a, typename S::F b) {
    T::template row<S>(out, S::unpack_low(a, b));
    T::template row<S>(static_cast<char*>(out) + S::kLanes * T::kBytes, S::unpack_high(a, b));
  }
};

template <class S>
struct Pair<S, BFloat16> {
  static void store(void* out, typename S::F a, typename S::F b) {
    typename S::I low = S::template right<16>(rounded_bfloat16<S>(a));
    S::store(out, S::in_block_order(S::upper_halves_of(rounded_bfloat16<S>(b), low)));
  }
};

}  // namespace
}  // namespace tenon
