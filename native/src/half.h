// Single values of the narrow float types, in integer arithmetic, round to nearest even.
#pragma once

#include <stdint.h>
#include <string.h>

namespace tenon {
namespace {

inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// A NaN keeps its sign and the upper part of its payload, and is quiet: as VCVTPS2PH does.
inline uint16_t float16_of(float x) {
  uint32_t bits = bits_of(x);
  uint32_t sign = bits >> 16 & 0x8000u;
  uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return static_cast<uint16_t>(sign | 0x7e00u | (magnitude >> 13 & 0x3ffu));
  }
  if (magnitude >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00u);  // rounds to 2^16
  if (magnitude < 0x38800000u) {  // below 2^-14: units of 2^-24
    if (magnitude < 0x33000000u) return static_cast<uint16_t>(sign);
    uint32_t shift = 126 - (magnitude >> 23);
    uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    uint32_t half = 1u << (shift - 1);
    uint32_t even = mantissa >> shift & 1;
    return static_cast<uint16_t>(sign | (mantissa + half - 1 + even) >> shift);
  }
  uint32_t even = magnitude >> 13 & 1;
  return static_cast<uint16_t>(sign | (magnitude - 0x38000000u + 0xfffu + even) >> 13);
}

inline float from_float16(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  uint32_t magnitude = half & 0x7fffu;
  if (magnitude > 0x7c00u) return float_of(sign | 0x7fc00000u | magnitude << 13);
  if (magnitude == 0x7c00u) return float_of(sign | 0x7f800000u);
  if (magnitude < 0x400u) {
    float value = static_cast<float>(magnitude) * 0x1p-24f;
    return float_of(sign | bits_of(value));
  }
  return float_of(sign | ((magnitude << 13) + 0x38000000u));
}

// A NaN keeps its sign and the upper part of its payload, and is quiet.
inline uint16_t bfloat16_of(float x) {
  uint32_t bits = bits_of(x);
  if (x != x) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  return static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

}  // namespace
}  // namespace tenon
