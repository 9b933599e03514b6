#include "stream.h"

#include <string.h>

namespace tenon {
namespace {

// SHA-256, FIPS 180-4.
constexpr uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct Sha256 {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char block[64];
  uint32_t filled = 0;
  uint64_t bytes = 0;
};

uint32_t turned(uint32_t x, int n) { return x >> n | x << (32 - n); }

void compress(Sha256* sha) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    uint32_t word;
    memcpy(&word, sha->block + 4 * i, sizeof word);
    w[i] = __builtin_bswap32(word);
  }
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) +
           (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
  }
  uint32_t s[8];
  memcpy(s, sha->state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    uint32_t one =
        s[7] + (turned(s[4], 6) ^ turned(s[4], 11) ^ turned(s[4], 25)) + choice + kRound[i] + w[i];
    uint32_t two = (turned(s[0], 2) ^ turned(s[0], 13) ^ turned(s[0], 22)) + majority;
    memmove(s + 1, s, 7 * sizeof s[0]);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) sha->state[i] += s[i];
  sha->filled = 0;
}

void update(Sha256* sha, const void* data, uint32_t length) {
  const unsigned char* from = static_cast<const unsigned char*>(data);
  sha->bytes += length;
  while (length > 0) {
    uint32_t take = length < 64 - sha->filled ? length : 64 - sha->filled;
    memcpy(sha->block + sha->filled, from, take);
    sha->filled += take;
    from += take;
    length -= take;
    if (sha->filled == 64) compress(sha);
  }
}

void finish(Sha256* sha) {
  uint64_t bits = __builtin_bswap64(8 * sha->bytes);
  unsigned char end = 0x80, zero = 0;
  update(sha, &end, 1);
  while (sha->filled != 56) update(sha, &zero, 1);
  update(sha, &bits, sizeof bits);
}

uint64_t little_endian(uint32_t first, uint32_t second) {
  return __builtin_bswap32(first) | static_cast<uint64_t>(__builtin_bswap32(second)) << 32;
}

}  // namespace

Stream stream_of(uint64_t seed, const char* name, uint32_t length) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are hashed as they lie");
  Sha256 sha;
  update(&sha, "tenon-philox-1", 14);
  update(&sha, &seed, sizeof seed);
  update(&sha, &length, sizeof length);
  update(&sha, name, length);
  finish(&sha);
  return {little_endian(sha.state[0], sha.state[1]), little_endian(sha.state[2], sha.state[3])};
}

}  // namespace tenon
