#include "simd_scalar.h"

#include "isa.h"

namespace tenon {

const Kernels scalar_kernels = {TENON_ISA_SCALAR, fill_kind, convert_any, unpack_any};

}  // namespace tenon
