// Blocks of ggml's types made float32: each value by the steps of the type's own definition
// (ggml-quants.c, gguf's quants.py), each step rounded by itself.
#pragma once

#include <stdint.h>
#include <string.h>

#include "ggml_grids.h"
#include "half.h"

namespace tenon {
namespace {

// ggml's own numbers of its types.
enum GgmlType {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kQ8_K = 15,
  kIQ2_XXS = 16,
  kIQ2_XS = 17,
  kIQ3_XXS = 18,
  kIQ1_S = 19,
  kIQ4_NL = 20,
  kIQ3_S = 21,
  kIQ2_S = 22,
  kIQ4_XS = 23,
  kF64 = 28,
  kIQ1_M = 29,
  kBF16 = 30,
  kTQ1_0 = 34,
  kTQ2_0 = 35,
  kMXFP4 = 39,
  kNVFP4 = 40,
};

constexpr int64_t kMostOfBlock = 256;  // elements

struct GgmlBlock {
  int64_t elements, bytes;  // no elements: of no type that is unpacked
};

inline GgmlBlock ggml_block(int64_t type) {
  switch (type) {
    case kF32:
      return {1, 4};
    case kF64:
      return {1, 8};
    case kF16:
    case kBF16:
      return {1, 2};
    case kQ4_0:
    case kIQ4_NL:
      return {32, 18};
    case kQ4_1:
      return {32, 20};
    case kQ5_0:
      return {32, 22};
    case kQ5_1:
      return {32, 24};
    case kQ8_0:
      return {32, 34};
    case kQ2_K:
      return {256, 84};
    case kQ3_K:
    case kIQ3_S:
      return {256, 110};
    case kQ4_K:
      return {256, 144};
    case kQ5_K:
      return {256, 176};
    case kQ6_K:
      return {256, 210};
    case kQ8_K:
      return {256, 292};
    case kIQ2_XXS:
    case kTQ2_0:
      return {256, 66};
    case kIQ2_XS:
      return {256, 74};
    case kIQ3_XXS:
      return {256, 98};
    case kIQ1_S:
      return {256, 50};
    case kIQ2_S:
      return {256, 82};
    case kIQ4_XS:
      return {256, 136};
    case kIQ1_M:
      return {256, 56};
    case kTQ1_0:
      return {256, 54};
    case kMXFP4:
      return {32, 17};
    case kNVFP4:
      return {64, 36};
    default:
      return {0, 0};
  }
}

template <class T>
inline T read_as(const uint8_t* in) {
  T x;
  memcpy(&x, in, sizeof x);
  return x;
}

inline float half_at(const uint8_t* in) { return from_float16(read_as<uint16_t>(in)); }

// Sixteen bytes, of which the lower halves come first and then the upper ones.
inline void halves(const uint8_t* in, int64_t bytes, uint8_t* out) {
  for (int64_t i = 0; i < bytes; i++) {
    out[i] = in[i] & 15;
    out[bytes + i] = static_cast<uint8_t>(in[i] >> 4);
  }
}

inline void fifth_bits(uint32_t bits, uint8_t* codes) {
  for (int i = 0; i < 32; i++) codes[i] = static_cast<uint8_t>(codes[i] | (bits >> i & 1) << 4);
}

inline void q4_0(const uint8_t* in, float* out) {
  const float d = half_at(in);
  uint8_t codes[32];
  halves(in + 2, 16, codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(codes[i] - 8);
}

inline void q4_1(const uint8_t* in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  uint8_t codes[32];
  halves(in + 4, 16, codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(codes[i]) + m;
}

inline void q5_0(const uint8_t* in, float* out) {
  const float d = half_at(in);
  uint8_t codes[32];
  halves(in + 6, 16, codes);
  fifth_bits(read_as<uint32_t>(in + 2), codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(codes[i] - 16);
}

inline void q5_1(const uint8_t* in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  uint8_t codes[32];
  halves(in + 8, 16, codes);
  fifth_bits(read_as<uint32_t>(in + 4), codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(codes[i]) + m;
}

inline void q8_0(const uint8_t* in, float* out) {
  const float d = half_at(in);
  for (int i = 0; i < 32; i++) out[i] = static_cast<float>(static_cast<int8_t>(in[2 + i])) * d;
}

inline void q2_k(const uint8_t* in, float* out) {
  const uint8_t *scales = in, *codes = in + 16;
  const float d = half_at(in + 80), least = half_at(in + 82);
  for (int group = 0; group < 16; group++) {
    const float scale = d * static_cast<float>(scales[group] & 15);
    const float m = least * static_cast<float>(scales[group] >> 4);
    const uint8_t* from = codes + group / 8 * 32 + group % 2 * 16;
    const int shift = group % 8 / 2 * 2;
    for (int i = 0; i < 16; i++) {
      out[16 * group + i] = scale * static_cast<float>(from[i] >> shift & 3) - m;
    }
  }
}

inline void q3_k(const uint8_t* in, float* out) {
  const uint8_t *high = in, *codes = in + 32, *packed = in + 96;
  const float d = half_at(in + 108);
  for (int group = 0; group < 16; group++) {
    const int low = group < 8 ? packed[group] & 15 : packed[group - 8] >> 4;
    const int top = packed[8 + group % 4] >> group / 4 * 2 & 3;
    const float scale = d * static_cast<float>((low | top << 4) - 32);
    const uint8_t* from = codes + group / 8 * 32 + group % 2 * 16;
    const uint8_t* bits = high + group % 2 * 16;
    const int shift = group % 8 / 2 * 2;
    for (int i = 0; i < 16; i++) {
      const int less = (bits[i] >> group / 2 & 1) != 0 ? 0 : 4;
      out[16 * group + i] = scale * static_cast<float>((from[i] >> shift & 3) - less);
    }
  }
}

// Scale and least value of a group of Q4_K and Q5_K, of six bits each.
inline void scale_and_least(const uint8_t* packed, int group, float* scale, float* least) {
  int s, m;
  if (group < 4) {
    s = packed[group] & 63;
    m = packed[group + 4] & 63;
  } else {
    s = (packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4;
    m = packed[group + 4] >> 4 | (packed[group] >> 6) << 4;
  }
  *scale = static_cast<float>(s);
  *least = static_cast<float>(m);
}

inline void q4_k(const uint8_t* in, float* out) {
  const float d = half_at(in), least = half_at(in + 2);
  for (int group = 0; group < 8; group++) {
    float scale, m;
    scale_and_least(in + 4, group, &scale, &m);
    scale = d * scale;
    m = least * m;
    const uint8_t* from = in + 16 + group / 2 * 32;
    const int shift = group % 2 * 4;
    for (int i = 0; i < 32; i++) {
      out[32 * group + i] = scale * static_cast<float>(from[i] >> shift & 15) - m;
    }
  }
}

inline void q5_k(const uint8_t* in, float* out) {
  const float d = half_at(in), least = half_at(in + 2);
  const uint8_t* high = in + 16;
  for (int group = 0; group < 8; group++) {
    float scale, m;
    scale_and_least(in + 4, group, &scale, &m);
    scale = d * scale;
    m = least * m;
    const uint8_t* from = in + 48 + group / 2 * 32;
    const int shift = group % 2 * 4;
    for (int i = 0; i < 32; i++) {
      const int code = (from[i] >> shift & 15) | (high[i] >> group & 1) << 4;
      out[32 * group + i] = scale * static_cast<float>(code) - m;
    }
  }
}

inline void q6_k(const uint8_t* in, float* out) {
  const uint8_t *low = in, *high = in + 128, *scales = in + 192;
  const float d = half_at(in + 208);
  for (int run = 0; run < 8; run++) {  // of 32
    const uint8_t* from = low + run / 4 * 64 + run % 2 * 32;
    const uint8_t* bits = high + run / 4 * 32;
    const int shift = run % 4 / 2 * 4, top = run % 4 * 2;
    for (int half = 0; half < 2; half++) {
      const float scale = d * static_cast<float>(static_cast<int8_t>(scales[2 * run + half]));
      for (int i = 16 * half; i < 16 * half + 16; i++) {
        const int code = (from[i] >> shift & 15) | (bits[i] >> top & 3) << 4;
        out[32 * run + i] = scale * static_cast<float>(code - 32);
      }
    }
  }
}

inline void q8_k(const uint8_t* in, float* out) {
  const float d = read_as<float>(in);
  for (int i = 0; i < 256; i++) out[i] = d * static_cast<float>(static_cast<int8_t>(in[4 + i]));
}

inline void tq1_0(const uint8_t* in, float* out) {
  const float d = half_at(in + 52);
  const uint8_t powers[] = {1, 3, 9, 27, 81};
  const auto trit = [d](uint8_t byte, uint8_t power) {
    const int digit = static_cast<uint8_t>(byte * power) * 3 >> 8;
    return d * static_cast<float>(digit - 1);
  };
  for (int k = 0; k < 5; k++) {
    for (int i = 0; i < 32; i++) *out++ = trit(in[i], powers[k]);
  }
  for (int k = 0; k < 5; k++) {
    for (int i = 0; i < 16; i++) *out++ = trit(in[32 + i], powers[k]);
  }
  for (int k = 0; k < 4; k++) {
    for (int i = 0; i < 4; i++) *out++ = trit(in[48 + i], powers[k]);
  }
}

inline void tq2_0(const uint8_t* in, float* out) {
  const float d = half_at(in + 64);
  for (int run = 0; run < 8; run++) {
    const uint8_t* from = in + run / 4 * 32;
    for (int i = 0; i < 32; i++) {
      out[32 * run + i] = d * static_cast<float>((from[i] >> run % 4 * 2 & 3) - 1);
    }
  }
}

// Twice what four bits of e2m1 stand for.
constexpr int8_t kTwiceE2M1[] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

inline void mxfp4(const uint8_t* in, float* out) {
  const uint32_t e = in[0];  // half of two to the power of it
  const float d = float_of(e < 2 ? 0x00200000u << e : (e - 1) << 23);
  uint8_t codes[32];
  halves(in + 1, 16, codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(kTwiceE2M1[codes[i]]);
}

inline float half_of_ue4m3(uint8_t x) {
  if (x == 0 || x == 0x7f) return 0.0f;
  const int exponent = x >> 3 & 15;
  const float mantissa = static_cast<float>(x & 7);
  if (exponent == 0) return mantissa * 0x1p-9f * 0.5f;
  const float power = float_of(static_cast<uint32_t>(exponent - 7 + 127) << 23);
  return (1.0f + mantissa / 8.0f) * power * 0.5f;
}

inline void nvfp4(const uint8_t* in, float* out) {
  for (int group = 0; group < 4; group++) {
    const float d = half_of_ue4m3(in[group]);
    uint8_t codes[16];
    halves(in + 4 + 8 * group, 8, codes);
    for (int i = 0; i < 16; i++) {
      out[16 * group + i] = d * static_cast<float>(kTwiceE2M1[codes[i]]);
    }
  }
}

constexpr int8_t kNonLinear[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                 1,    13,   25,  38,  53,  69,  89,  113};

inline void iq4_nl(const uint8_t* in, float* out) {
  const float d = half_at(in);
  uint8_t codes[32];
  halves(in + 2, 16, codes);
  for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(kNonLinear[codes[i]]);
}

inline void iq4_xs(const uint8_t* in, float* out) {
  const float d = half_at(in);
  const uint32_t high = read_as<uint16_t>(in + 2);
  for (int group = 0; group < 8; group++) {
    const int low = in[4 + group / 2] >> group % 2 * 4 & 15;
    const int scale = (low | static_cast<int>(high >> 2 * group & 3) << 4) - 32;
    const float dl = d * static_cast<float>(scale);
    uint8_t codes[32];
    halves(in + 8 + 16 * group, 16, codes);
    for (int i = 0; i < 32; i++) out[32 * group + i] = dl * static_cast<float>(kNonLinear[codes[i]]);
  }
}

// Numbers of a grid, each with a sign of its own.
inline void signed_grid(float scale, const uint8_t* grid, int count, uint32_t signs, float* out) {
  for (int i = 0; i < count; i++) {
    const float value = scale * static_cast<float>(grid[i]);
    out[i] = (signs >> i & 1) != 0 ? -value : value;
  }
}

inline void iq2_xxs(const uint8_t* in, float* out) {
  const float d = half_at(in);
  for (int group = 0; group < 8; group++) {
    const uint8_t* codes = in + 2 + 8 * group;
    const uint32_t more = read_as<uint32_t>(codes + 4);
    const float scale = d * (0.5f + static_cast<float>(more >> 28)) * 0.25f;
    for (int i = 0; i < 4; i++) {
      signed_grid(scale, kIq2Xxs[codes[i]], 8, kSigns[more >> 7 * i & 127], out);
      out += 8;
    }
  }
}

inline void iq2_xs(const uint8_t* in, float* out) {
  const float d = half_at(in);
  const uint8_t* scales = in + 66;
  for (int group = 0; group < 16; group++) {
    const int nibble = scales[group / 2] >> group % 2 * 4 & 15;
    const float scale = d * (0.5f + static_cast<float>(nibble)) * 0.25f;
    for (int i = 0; i < 2; i++) {
      const uint32_t code = read_as<uint16_t>(in + 2 + 4 * group + 2 * i);
      signed_grid(scale, kIq2Xs[code & 511], 8, kSigns[code >> 9], out);
      out += 8;
    }
  }
}

inline void iq2_s(const uint8_t* in, float* out) {
  const float d = half_at(in);
  const uint8_t *codes = in + 2, *signs = in + 34, *high = in + 66, *scales = in + 74;
  for (int group = 0; group < 16; group++) {
    const int nibble = scales[group / 2] >> group % 2 * 4 & 15;
    const float scale = d * (0.5f + static_cast<float>(nibble)) * 0.25f;
    for (int i = 2 * group; i < 2 * group + 2; i++) {
      const int code = codes[i] | (high[i / 4] >> i % 4 * 2 & 3) << 8;
      signed_grid(scale, kIq2S[code], 8, signs[i], out);
      out += 8;
    }
  }
}

inline void iq3_xxs(const uint8_t* in, float* out) {
  const float d = half_at(in);
  for (int group = 0; group < 8; group++) {
    const uint8_t* codes = in + 2 + 8 * group;
    const uint32_t more = read_as<uint32_t>(in + 66 + 4 * group);
    const float scale = d * (0.5f + static_cast<float>(more >> 28)) * 0.5f;
    for (int i = 0; i < 8; i++) {
      const uint32_t signs = kSigns[more >> 7 * (i / 2) & 127] >> 4 * (i % 2);
      signed_grid(scale, kIq3Xxs[codes[i]], 4, signs, out);
      out += 4;
    }
  }
}

inline void iq3_s(const uint8_t* in, float* out) {
  const float d = half_at(in);
  const uint8_t *codes = in + 2, *high = in + 66, *signs = in + 74, *scales = in + 106;
  for (int group = 0; group < 8; group++) {
    const int nibble = scales[group / 2] >> group % 2 * 4 & 15;
    const float scale = d * static_cast<float>(1 + 2 * nibble);
    for (int i = 8 * group; i < 8 * group + 8; i++) {
      const int code = codes[i] | (high[group] >> i % 8 & 1) << 8;
      const uint32_t sign = static_cast<uint32_t>(signs[i / 2] >> 4 * (i % 2));
      signed_grid(scale, kIq3S[code], 4, sign, out);
      out += 4;
    }
  }
}

inline void shifted_grid(float scale, const int8_t* grid, float delta, float* out) {
  for (int i = 0; i < 8; i++) out[i] = scale * (static_cast<float>(grid[i]) + delta);
}

inline void iq1_s(const uint8_t* in, float* out) {
  const float d = half_at(in);
  for (int group = 0; group < 8; group++) {
    const uint32_t high = read_as<uint16_t>(in + 34 + 2 * group);
    const float scale = d * static_cast<float>(2 * (high >> 12 & 7) + 1);
    const float delta = (high & 0x8000) != 0 ? -0.125f : 0.125f;
    for (int i = 0; i < 4; i++) {
      const uint32_t code = in[2 + 4 * group + i] | (high >> 3 * i & 7) << 8;
      shifted_grid(scale, kIq1S[code], delta, out);
      out += 8;
    }
  }
}

inline void iq1_m(const uint8_t* in, float* out) {
  const uint8_t* high = in + 32;
  uint32_t scales[4], bits = 0;
  for (int i = 0; i < 4; i++) {
    scales[i] = read_as<uint16_t>(in + 48 + 2 * i);
    bits |= (scales[i] & 0xf000) >> (12 - 4 * i);
  }
  const float d = from_float16(static_cast<uint16_t>(bits));
  for (int i = 0; i < 32; i++) {
    const float scale = d * static_cast<float>(2 * (scales[i / 8] >> i % 8 / 2 * 3 & 7) + 1);
    const uint32_t more = static_cast<uint32_t>(high[i / 2] >> i % 2 * 4);
    const uint32_t code = in[i] | (more & 7) << 8;
    shifted_grid(scale, kIq1S[code], (more & 8) != 0 ? -0.125f : 0.125f, out);
    out += 8;
  }
}

// Elements of a type that has no blocks.
inline void unpack_plain(int64_t type, const uint8_t* in, int64_t n, float* out) {
  if (type == kF32) {
    memcpy(out, in, sizeof(float) * static_cast<size_t>(n));
  } else if (type == kF64) {
    for (int64_t i = 0; i < n; i++) out[i] = static_cast<float>(read_as<double>(in + 8 * i));
  } else if (type == kF16) {
    for (int64_t i = 0; i < n; i++) out[i] = half_at(in + 2 * i);
  } else {
    for (int64_t i = 0; i < n; i++) {
      out[i] = float_of(static_cast<uint32_t>(read_as<uint16_t>(in + 2 * i)) << 16);
    }
  }
}

// One block, all of its elements.
inline void unpack_block(int64_t type, const uint8_t* in, float* out) {
  switch (type) {
    case kQ4_0:
      return q4_0(in, out);
    case kQ4_1:
      return q4_1(in, out);
    case kQ5_0:
      return q5_0(in, out);
    case kQ5_1:
      return q5_1(in, out);
    case kQ8_0:
      return q8_0(in, out);
    case kQ2_K:
      return q2_k(in, out);
    case kQ3_K:
      return q3_k(in, out);
    case kQ4_K:
      return q4_k(in, out);
    case kQ5_K:
      return q5_k(in, out);
    case kQ6_K:
      return q6_k(in, out);
    case kQ8_K:
      return q8_k(in, out);
    case kIQ2_XXS:
      return iq2_xxs(in, out);
    case kIQ2_XS:
      return iq2_xs(in, out);
    case kIQ3_XXS:
      return iq3_xxs(in, out);
    case kIQ1_S:
      return iq1_s(in, out);
    case kIQ4_NL:
      return iq4_nl(in, out);
    case kIQ3_S:
      return iq3_s(in, out);
    case kIQ2_S:
      return iq2_s(in, out);
    case kIQ4_XS:
      return iq4_xs(in, out);
    case kIQ1_M:
      return iq1_m(in, out);
    case kTQ1_0:
      return tq1_0(in, out);
    case kTQ2_0:
      return tq2_0(in, out);
    case kMXFP4:
      return mxfp4(in, out);
    case kNVFP4:
      return nvfp4(in, out);
    default:
      return;
  }
}

}  // namespace
}  // namespace tenon
