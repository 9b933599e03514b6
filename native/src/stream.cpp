#include "stream.h"

#include <string.h>

#include "sha256.h"

namespace tenon {
namespace {

struct Sha256 {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char block[64];
  uint32_t filled = 0;
  uint64_t bytes = 0;
  Compress compress = nullptr;
};

void update(Sha256* sha, const void* data, uint32_t length) {
  const unsigned char* from = static_cast<const unsigned char*>(data);
  sha->bytes += length;
  while (length > 0) {
    uint32_t take = length < 64 - sha->filled ? length : 64 - sha->filled;
    memcpy(sha->block + sha->filled, from, take);
    sha->filled += take;
    from += take;
    length -= take;
    if (sha->filled == 64) {
      sha->compress(sha->state, sha->block);
      sha->filled = 0;
    }
  }
}

void finish(Sha256* sha) {
  uint64_t bits = __builtin_bswap64(8 * sha->bytes);
  const unsigned char padding[64] = {0x80};
  update(sha, padding, sha->filled < 56 ? 56 - sha->filled : 120 - sha->filled);
  update(sha, &bits, sizeof bits);
}

uint64_t little_endian(uint32_t first, uint32_t second) {
  return __builtin_bswap32(first) | static_cast<uint64_t>(__builtin_bswap32(second)) << 32;
}

}  // namespace

Stream stream_of(Compress compress, uint64_t seed, const char* name, uint32_t length) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are hashed as they lie");
  Sha256 sha;
  sha.compress = compress;
  update(&sha, "tenon-philox-1", 14);
  update(&sha, &seed, sizeof seed);
  update(&sha, &length, sizeof length);
  update(&sha, name, length);
  finish(&sha);
  return {little_endian(sha.state[0], sha.state[1]), little_endian(sha.state[2], sha.state[3])};
}

}  // namespace tenon
