#include "simd_avx2.h"

#include "isa.h"

namespace tenon {

const Kernels avx2_kernels = {TENON_ISA_AVX2, fill_kind, convert_any, unpack_any};

}  // namespace tenon
