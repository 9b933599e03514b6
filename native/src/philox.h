// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
#pragma once

#include <stdint.h>

namespace tenon {
namespace {

constexpr uint32_t kMultiplier0 = 0xD2511F53u;
constexpr uint32_t kMultiplier1 = 0xCD9E8D57u;
constexpr uint32_t kWeyl0 = 0x9E3779B9u;
constexpr uint32_t kWeyl1 = 0xBB67AE85u;
constexpr int kRounds = 10;

template <class S>
struct Philox {
  using I = typename S::I;
  static constexpr int kBlocks = S::kLanes / 2;

  I keys[2 * kRounds];
  // What the first round makes of the stream, the same for every block.
  I first_c0, first_c1, first_c2;

  Philox(uint64_t key, uint64_t stream) {
    uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < kRounds; round++, k0 += kWeyl0, k1 += kWeyl1) {
      keys[2 * round] = S::broadcast(k0);
      keys[2 * round + 1] = S::broadcast(k1);
    }
    uint64_t p1 = (stream & 0xffffffffu) * kMultiplier1;
    first_c0 = S::broadcast(p1 >> 32 ^ static_cast<uint32_t>(key));
    first_c1 = S::broadcast(p1);
    first_c2 = S::broadcast(stream >> 32 ^ key >> 32);
  }

  // N groups of kBlocks blocks each, from block on: even[g] holds words 0 and 2 of each block of
  // group g, odd[g] words 1 and 3. Only the low half of a 64-bit lane counts while it is computed.
  template <int N>
  void words(uint64_t block, I* even, I* odd) const {
    I c0[N], c1[N], c2[N], c3[N];
    const I m0 = S::broadcast(kMultiplier0), m1 = S::broadcast(kMultiplier1);
    // Keeps GCC from working the round keys out anew for each group: half as much time again.
    const I* round_keys = keys;
    asm("" : "+r"(round_keys));
    for (int g = 0; g < N; g++) {
      I counter = S::counters(block + static_cast<uint64_t>(g) * kBlocks);
      c3[g] = S::multiply(counter, m0);
      c0[g] = S::differ(S::high(counter), first_c0);
      c1[g] = first_c1;
      c2[g] = S::differ(S::high(c3[g]), first_c2);
    }
#pragma GCC unroll 10
    for (int round = 1; round < kRounds; round++) {
#pragma GCC unroll 4
      for (int g = 0; g < N; g++) {
        I p0 = S::multiply(c0[g], m0), p1 = S::multiply(c2[g], m1);
        c0[g] = S::xor3(S::high(p1), c1[g], round_keys[2 * round]);
        c2[g] = S::xor3(S::high(p0), c3[g], round_keys[2 * round + 1]);
        c1[g] = p1;
        c3[g] = p0;
      }
    }
    for (int g = 0; g < N; g++) {
      even[g] = S::interleave(c0[g], c2[g]);
      odd[g] = S::interleave(c1[g], c3[g]);
    }
  }
};

}  // namespace
}  // namespace tenon
