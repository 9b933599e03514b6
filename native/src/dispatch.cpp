#include <string.h>

#include "kernels.h"
#include "tenon.h"

namespace tenon {
namespace {

int32_t best_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return TENON_ISA_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c")) {
    return TENON_ISA_AVX2;
  }
#endif
  return TENON_ISA_SCALAR;
}

}  // namespace

const Kernels* kernels_of(int32_t isa) {
  int32_t best = best_isa();
  if (isa == TENON_ISA_BEST) isa = best;
  if (isa < TENON_ISA_SCALAR || isa > best) return nullptr;
#if defined(__x86_64__)
  if (isa == TENON_ISA_AVX512) return &avx512_kernels;
  if (isa == TENON_ISA_AVX2) return &avx2_kernels;
#endif
  return &scalar_kernels;
}

}  // namespace tenon

int32_t tenon_abi(void) { return TENON_ABI; }

int32_t tenon_best_isa(void) { return tenon::best_isa(); }

const char* tenon_error(int32_t status) {
  switch (status) {
    case TENON_OK:
      return "no error";
    case TENON_E_ARGUMENT:
      return "an argument has no meaning";
    case TENON_E_END_OF_FILE:
      return "the file ends too early";
    default:
      break;
  }
  const char* text = status > 0 ? strerrordesc_np(status) : nullptr;
  return text == nullptr ? "unknown status" : text;
}
