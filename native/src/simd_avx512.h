// Sixteen 32-bit lanes. Included by one translation unit, built with the AVX-512 flags.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace tenon {
namespace {

struct Simd {
  using I = __m512i;
  using F = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kGroups = 3;  // of blocks in flight, to hide the multiplier's latency

  // 64-bit lanes: Philox.
  static I broadcast(uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
  // Ordered so that unpack_low and unpack_high give blocks in order.
  static I counters(uint64_t first) {
    return _mm512_add_epi64(broadcast(first), _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7));
  }
  static I multiply(I a, I b) { return _mm512_mul_epu32(a, b); }
  static I high(I a) { return _mm512_srli_epi64(a, 32); }
  static I xor3(I a, I b, I c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
  static I interleave(I even, I odd) {
    return _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
  }
  static I in_block_order(I a) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), a);
  }

  // 32-bit lanes.
  static I bits(uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  static I add(I a, I b) { return _mm512_add_epi32(a, b); }
  static I subtract(I a, I b) { return _mm512_sub_epi32(a, b); }
  static I both(I a, I b) { return _mm512_and_si512(a, b); }
  static I either(I a, I b) { return _mm512_or_si512(a, b); }
  static I differ(I a, I b) { return _mm512_xor_si512(a, b); }
  template <int N>
  static I left(I a) {
    return _mm512_slli_epi32(a, N);
  }
  template <int N>
  static I right(I a) {
    return _mm512_srli_epi32(a, N);
  }
  template <int N>
  static I signed_right(I a) {
    return _mm512_srai_epi32(a, N);
  }

  // The upper half of each lane of a, the lower of b.
  static I upper_halves_of(I a, I b) { return _mm512_mask_blend_epi16(0xAAAAAAAAu, b, a); }

  static F number(float x) { return _mm512_set1_ps(x); }
  static F from_int(I a) { return _mm512_cvtepi32_ps(a); }
  static F as_float(I a) { return _mm512_castsi512_ps(a); }
  static I as_bits(F a) { return _mm512_castps_si512(a); }
  static F plus(F a, F b) { return _mm512_add_ps(a, b); }
  static F minus(F a, F b) { return _mm512_sub_ps(a, b); }
  static F times(F a, F b) { return _mm512_mul_ps(a, b); }
  static F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
  static F root(F a) { return _mm512_sqrt_ps(a); }
  static F least(F a, F b) { return _mm512_min_ps(a, b); }
  static F most(F a, F b) { return _mm512_max_ps(a, b); }
  static F if_negative(I test, F yes, F no) {
    return _mm512_mask_blend_ps(_mm512_movepi32_mask(test), no, yes);
  }
  static F if_odd(I test, F yes, F no) {
    return _mm512_mask_blend_ps(_mm512_test_epi32_mask(test, bits(1)), no, yes);
  }
  static F if_zero(I test, F yes, F no) {
    return _mm512_mask_blend_ps(_mm512_testn_epi32_mask(test, test), no, yes);
  }
  static F if_less(F a, F b, F yes, F no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
  }
  static I if_nan(F a, I yes, I no) {
    return _mm512_mask_blend_epi32(_mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), no, yes);
  }

  // a0 b0 a1 b1 | a4 b4 a5 b5 | ..., and the lanes between.
  static F unpack_low(F a, F b) { return _mm512_unpacklo_ps(a, b); }
  static F unpack_high(F a, F b) { return _mm512_unpackhi_ps(a, b); }

  static void store(void* out, I a) { _mm512_storeu_si512(out, a); }
  static void store_float32(void* out, F a) { _mm512_storeu_ps(out, a); }
  static void store_float16(void* out, F a) {
    _mm256_storeu_si256(static_cast<__m256i*>(out), _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
  }
  static void store_float64(void* out, F a) {
    double* d = static_cast<double*>(out);
    _mm512_storeu_pd(d, _mm512_cvtps_pd(_mm512_castps512_ps256(a)));
    _mm512_storeu_pd(d + 8, _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1)));
  }
  static void store_low_halves(void* out, I a) {
    _mm256_storeu_si256(static_cast<__m256i*>(out), _mm512_cvtepi32_epi16(a));
  }

  static F load_float32(const void* in) { return _mm512_loadu_ps(in); }
  static I load_halves(const void* in) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(static_cast<const __m256i*>(in)));
  }
  static F load_float16(const void* in) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(in)));
  }
  static F load_float64(const void* in) {
    const double* d = static_cast<const double*>(in);
    __m256 low = _mm512_cvtpd_ps(_mm512_loadu_pd(d));
    __m256 high = _mm512_cvtpd_ps(_mm512_loadu_pd(d + 8));
    return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  }
  static F look_up(const float* table, const void* in) {
    I index = _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(in)));
    return _mm512_i32gather_ps(index, table, 4);
  }
  // A table of sixteen, in a register.
  typedef F Sixteen;
  static Sixteen sixteen(const float* table) { return _mm512_loadu_ps(table); }
  static F look_up(Sixteen table, const void* in) {
    I index = _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(in)));
    return _mm512_permutexvar_ps(index, table);
  }
};

}  // namespace
}  // namespace tenon
