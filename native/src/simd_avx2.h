// Eight 32-bit lanes. Included by one translation unit, built with AVX2, FMA and F16C.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace tenon {
namespace {

struct Simd {
  using I = __m256i;
  using F = __m256;
  static constexpr int kLanes = 8;
  static constexpr int kGroups = 4;

  static I broadcast(uint64_t x) { return _mm256_set1_epi64x(static_cast<long long>(x)); }
  static I counters(uint64_t first) {
    return _mm256_add_epi64(broadcast(first), _mm256_setr_epi64x(0, 2, 1, 3));
  }
  static I multiply(I a, I b) { return _mm256_mul_epu32(a, b); }
  static I high(I a) { return _mm256_srli_epi64(a, 32); }
  static I xor3(I a, I b, I c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
  static I interleave(I even, I odd) {
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  }
  static I in_block_order(I a) { return _mm256_permute4x64_epi64(a, 0xD8); }

  static I bits(uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
  static I add(I a, I b) { return _mm256_add_epi32(a, b); }
  static I subtract(I a, I b) { return _mm256_sub_epi32(a, b); }
  static I both(I a, I b) { return _mm256_and_si256(a, b); }
  static I either(I a, I b) { return _mm256_or_si256(a, b); }
  static I differ(I a, I b) { return _mm256_xor_si256(a, b); }
  template <int N>
  static I left(I a) {
    return _mm256_slli_epi32(a, N);
  }
  template <int N>
  static I right(I a) {
    return _mm256_srli_epi32(a, N);
  }
  template <int N>
  static I signed_right(I a) {
    return _mm256_srai_epi32(a, N);
  }

  static I upper_halves_of(I a, I b) { return _mm256_blend_epi16(b, a, 0xAA); }

  static F number(float x) { return _mm256_set1_ps(x); }
  static F from_int(I a) { return _mm256_cvtepi32_ps(a); }
  static F as_float(I a) { return _mm256_castsi256_ps(a); }
  static I as_bits(F a) { return _mm256_castps_si256(a); }
  static F plus(F a, F b) { return _mm256_add_ps(a, b); }
  static F minus(F a, F b) { return _mm256_sub_ps(a, b); }
  static F times(F a, F b) { return _mm256_mul_ps(a, b); }
  static F fma(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
  static F root(F a) { return _mm256_sqrt_ps(a); }
  static F least(F a, F b) { return _mm256_min_ps(a, b); }
  static F most(F a, F b) { return _mm256_max_ps(a, b); }
  static F if_negative(I test, F yes, F no) { return _mm256_blendv_ps(no, yes, as_float(test)); }
  static F if_odd(I test, F yes, F no) { return if_negative(left<31>(test), yes, no); }
  static F if_zero(I test, F yes, F no) {
    return _mm256_blendv_ps(no, yes, as_float(_mm256_cmpeq_epi32(test, _mm256_setzero_si256())));
  }
  static F if_less(F a, F b, F yes, F no) {
    return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
  }
  static I if_nan(F a, I yes, I no) {
    return _mm256_blendv_epi8(no, yes, as_bits(_mm256_cmp_ps(a, a, _CMP_UNORD_Q)));
  }

  static F unpack_low(F a, F b) { return _mm256_unpacklo_ps(a, b); }
  static F unpack_high(F a, F b) { return _mm256_unpackhi_ps(a, b); }

  static void store(void* out, I a) { _mm256_storeu_si256(static_cast<__m256i*>(out), a); }
  static void store_float32(void* out, F a) { _mm256_storeu_ps(static_cast<float*>(out), a); }
  static void store_float16(void* out, F a) {
    _mm_storeu_si128(static_cast<__m128i*>(out), _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
  }
  static void store_float64(void* out, F a) {
    double* d = static_cast<double*>(out);
    _mm256_storeu_pd(d, _mm256_cvtps_pd(_mm256_castps256_ps128(a)));
    _mm256_storeu_pd(d + 4, _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1)));
  }
  static void store_low_halves(void* out, I a) {
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, a), 0x08);
    _mm_storeu_si128(static_cast<__m128i*>(out), _mm256_castsi256_si128(packed));
  }

  static F load_float32(const void* in) { return _mm256_loadu_ps(static_cast<const float*>(in)); }
  static I load_halves(const void* in) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(in)));
  }
  static F load_float16(const void* in) {
    return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(in)));
  }
  static F load_float64(const void* in) {
    const double* d = static_cast<const double*>(in);
    return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(d + 4)),
                           _mm256_cvtpd_ps(_mm256_loadu_pd(d)));
  }
  static F look_up(const float* table, const void* in) {
    I index = _mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(in)));
    return _mm256_i32gather_ps(table, index, 4);
  }
  // A table of sixteen, in two registers.
  struct Sixteen {
    F low, high;
  };
  static Sixteen sixteen(const float* table) {
    return {_mm256_loadu_ps(table), _mm256_loadu_ps(table + 8)};
  }
  static F look_up(const Sixteen& table, const void* in) {
    I index = _mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(in)));
    F upper = _mm256_castsi256_ps(_mm256_slli_epi32(index, 28));  // its sign: eight or more
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(table.low, index),
                            _mm256_permutevar8x32_ps(table.high, index), upper);
  }
};

}  // namespace
}  // namespace tenon
