#include "../src/philox.h"

#include <string.h>

#include "../src/sha256.h"
#include "../src/simd_scalar.h"
#include "../src/stream.h"
#include "check.h"

namespace {

struct Known {
  uint32_t counter[4];
  uint32_t key[2];
  uint32_t output[4];
};

// Random123's own known answers, kat_vectors of version 1.14.
constexpr Known kKnown[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

// Both ways to hash a block, on any bits.
void test_compression() {
  TestRandom random(9);
  for (int round = 0; round < 1000; round++) {
    uint32_t a[8], b[8];
    unsigned char block[64];
    for (unsigned char& byte : block) byte = static_cast<unsigned char>(random.next());
    for (int i = 0; i < 8; i++) a[i] = b[i] = static_cast<uint32_t>(random.next());
    tenon::compress_scalar(a, block);
    tenon::sha256_compress()(b, block);
    CHECK(memcmp(a, b, sizeof a) == 0, "round %d", round);
  }
}

// Known answers of Python's hashlib.
void test_streams() {
  const struct {
    int64_t seed;
    const char* name;
    uint64_t key, counter_high;
  } known[] = {
      {0, "model.embed_tokens.weight", 0xf6e34d2c101f22cb, 0xbe66d9057eb1bcfa},
      {-1,
       "gr\xc3\xb6\xc3\x9f"
       "e",
       0xafde44b9239595d0, 0xa380d8feb2c85e8d},
      {42, "", 0x14ebaafabb2bb7fa, 0x33f8d98d31c30cac},
  };
  for (const auto& one : known) {
    tenon::Stream stream =
        tenon::stream_of(tenon::sha256_compress(), static_cast<uint64_t>(one.seed), one.name,
                         static_cast<uint32_t>(strlen(one.name)));
    CHECK(stream.key == one.key && stream.counter_high == one.counter_high, "%s", one.name);
  }
}

uint64_t pair(const uint32_t* words) { return words[0] | static_cast<uint64_t>(words[1]) << 32; }

}  // namespace

void test_philox() {
  test_compression();
  test_streams();
  using tenon::Simd;
  for (const Known& known : kKnown) {
    tenon::Philox<Simd> philox(pair(known.key), pair(known.counter + 2));
    Simd::I even, odd;
    philox.words<1>(pair(known.counter), &even, &odd);
    uint32_t words[4] = {even.at[0], odd.at[0], even.at[1], odd.at[1]};
    CHECK(memcmp(words, known.output, sizeof words) == 0, "%08x %08x %08x %08x", words[0], words[1],
          words[2], words[3]);
  }
}
