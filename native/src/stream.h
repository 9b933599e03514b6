// Which Philox stream a parameter draws from.
#pragma once

#include <stdint.h>

#include "sha256.h"

namespace tenon {

struct Stream {
  uint64_t key;
  uint64_t counter_high;
};

// The first 128 bits of SHA-256 over "tenon-philox-1", the seed in 8 bytes, the name's length in 4,
// and the name; numbers are little-endian.
Stream stream_of(Compress compress, uint64_t seed, const char* name, uint32_t length);

}  // namespace tenon
