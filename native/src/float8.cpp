#include "float8.h"

#include "tenon.h"

namespace tenon {
namespace {

struct Table {
  float at[256];
};

constexpr float power_of_two(int exponent) {
  float x = 1.0f;
  for (; exponent > 0; exponent--) x *= 2.0f;
  for (; exponent < 0; exponent++) x *= 0.5f;
  return x;
}

// A sign, exponent bits with this bias, mantissa bits; specials are the caller's.
constexpr float ordinary(int code, int mantissa_bits, int bias) {
  int mantissa = code & ((1 << mantissa_bits) - 1);
  int exponent = (code & 0x7f) >> mantissa_bits;
  int whole = exponent == 0 ? mantissa : mantissa + (1 << mantissa_bits);
  int scale = (exponent == 0 ? 1 : exponent) - bias - mantissa_bits;
  float magnitude = static_cast<float>(whole) * power_of_two(scale);
  return (code & 0x80) != 0 ? -magnitude : magnitude;
}

// Micikevicius et al., "FP8 formats for deep learning", 2022: no infinities, NaN at all ones.
constexpr Table e4m3() {
  Table table = {};
  for (int code = 0; code < 256; code++) {
    bool nan = (code & 0x7f) == 0x7f;
    table.at[code] = nan ? __builtin_nanf("") : ordinary(code, 3, 7);
  }
  return table;
}

// The same paper: as IEEE 754, with infinities.
constexpr Table e5m2() {
  Table table = {};
  for (int code = 0; code < 256; code++) {
    int magnitude = code & 0x7f;
    float infinity = (code & 0x80) != 0 ? -__builtin_inff() : __builtin_inff();
    table.at[code] = magnitude > 0x7c    ? __builtin_nanf("")
                     : magnitude == 0x7c ? infinity
                                         : ordinary(code, 2, 15);
  }
  return table;
}

// FNUZ: finite, no negative zero, whose code is the only NaN; the bias is one more.
constexpr Table fnuz(int mantissa_bits, int bias) {
  Table table = {};
  for (int code = 0; code < 256; code++) {
    table.at[code] = code == 0x80 ? __builtin_nanf("") : ordinary(code, mantissa_bits, bias);
  }
  return table;
}

// OCP MX scale: 2^(code - 127), NaN at all ones.
constexpr Table e8m0() {
  Table table = {};
  for (int code = 0; code < 255; code++) table.at[code] = power_of_two(code - 127);
  table.at[255] = __builtin_nanf("");
  return table;
}

constexpr Table kE4M3 = e4m3();
constexpr Table kE5M2 = e5m2();
constexpr Table kE4M3Fnuz = fnuz(3, 8);
constexpr Table kE5M2Fnuz = fnuz(2, 16);
constexpr Table kE8M0 = e8m0();

}  // namespace

const float* float8_values(int32_t dtype) {
  switch (dtype) {
    case TENON_F8_E4M3:
      return kE4M3.at;
    case TENON_F8_E5M2:
      return kE5M2.at;
    case TENON_F8_E4M3FNUZ:
      return kE4M3Fnuz.at;
    case TENON_F8_E5M2FNUZ:
      return kE5M2Fnuz.at;
    default:
      return kE8M0.at;
  }
}

}  // namespace tenon
