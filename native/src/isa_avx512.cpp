#include "simd_avx512.h"

#include "isa.h"

namespace tenon {

const Kernels avx512_kernels = {TENON_ISA_AVX512, fill_kind, convert_any, unpack_any};

}  // namespace tenon
