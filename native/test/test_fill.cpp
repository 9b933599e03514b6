#include <string.h>

#include "check.h"

namespace {

const tenon_fill_item kKinds[] = {
    {0, 0, 0, 0, TENON_CONSTANT, 0, 0, 0.1, 0, 0, 0},
    {0, 0, 0, 0, TENON_UNIFORM, 0, 0, -0.3, 0.7, 0, 0},
    {0, 0, 0, 0, TENON_NORMAL, 0, 0, 0.1, 1, 0, 0},
    {0, 0, 0, 0, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, -2, 2},
    {0, 0, 0, 0, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, 6, 7},
};

tenon_fill_item run_of(const tenon_fill_item& kind, int64_t dtype, int64_t start, int64_t length) {
  tenon_fill_item item = kind;
  item.dtype = dtype;
  item.start = start;
  item.length = length;
  return item;
}

void test_instruction_sets() {
  TestPool best(1);
  for (int32_t isa = TENON_ISA_SCALAR; isa <= tenon_best_isa(); isa++) {
    TestPool other(1, isa);
    TestRandom random(static_cast<uint64_t>(isa));
    for (int i = 0; i < 60; i++) {
      int64_t start = random.below(int64_t{1} << (2 + random.below(60)));
      int64_t length = random.below(700);
      for (const tenon_fill_item& kind : kKinds) {
        for (int64_t dtype = TENON_F32; dtype <= TENON_F64; dtype++) {
          tenon_fill_item item = run_of(kind, dtype, start, length);
          CHECK(drawn(best.handle(), item) == drawn(other.handle(), item),
                "isa=%d kind=%ld dtype=%ld start=%ld length=%ld", isa, static_cast<long>(kind.kind),
                static_cast<long>(dtype), static_cast<long>(start), static_cast<long>(length));
        }
      }
    }
  }
}

void test_shards() {
  TestPool pool(3);
  TestRandom random(11);
  constexpr int64_t length = 50001;
  for (const tenon_fill_item& kind : kKinds) {
    std::vector<unsigned char> whole = drawn(pool.handle(), run_of(kind, TENON_BF16, 9, length));
    std::vector<unsigned char> joined;
    for (int64_t at = 0; at < length;) {
      int64_t part = random.below(4000);
      if (part > length - at) part = length - at;
      std::vector<unsigned char> shard =
          drawn(pool.handle(), run_of(kind, TENON_BF16, 9 + at, part));
      joined.insert(joined.end(), shard.begin(), shard.end());
      at += part;
    }
    CHECK(joined == whole, "kind=%ld", static_cast<long>(kind.kind));
  }
}

uint64_t fnv1a(const std::vector<unsigned char>& bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

// The stream for good: another result needs another TENON_STREAM.
void test_frozen() {
  TestPool pool(1);
  constexpr uint64_t known[] = {0x4b8cc64609684325, 0x2f7329b66051e6ab, 0xd1d2ea53f2233605,
                                0x7ab22c6ca657eea6, 0x4a029acf6b377c1a};
  for (size_t i = 0; i < 5; i++) {
    uint64_t hash = fnv1a(drawn(pool.handle(), run_of(kKinds[i], TENON_F32, 1000003, 4096)));
    CHECK(hash == known[i], "kind %zu: 0x%016lx", i, hash);
  }
}

void test_batches() {
  TestPool pool(2);
  std::vector<float> out(10000 * 16, -1.0f);
  std::vector<tenon_fill_item> items;
  for (int64_t i = 0; i < 10000; i++) {
    tenon_fill_item item = run_of(kKinds[0], TENON_F32, 0, i % 17);
    item.a = static_cast<double>(i);
    item.address = address_of(out.data() + i * 16);
    item.length = item.length < 16 ? item.length : 15;
    items.push_back(item);
  }
  CHECK(tenon_fill(pool.handle(), items.data(), 10000, nullptr, 0) == TENON_OK, "batch");
  for (int64_t i = 0; i < 10000; i++) {
    for (int64_t j = 0; j < 16; j++) {
      float expected = j < items[static_cast<size_t>(i)].length ? static_cast<float>(i) : -1.0f;
      CHECK(out[static_cast<size_t>(i * 16 + j)] == expected, "item=%ld", static_cast<long>(i));
    }
  }
}

// A uniform of a half type never reaches its upper bound, though rounding would.
void test_upper_bound() {
  TestPool pool(2);
  tenon_fill_item item = {0, 0, 1 << 18, TENON_BF16, TENON_UNIFORM, 0, 0, 0.0, 1.0, 0, 0};
  std::vector<unsigned char> out = drawn(pool.handle(), item);
  int at_top = 0;
  for (size_t i = 0; i < out.size(); i += 2) {
    int code = out[i] | out[i + 1] << 8;
    CHECK(code <= 0x3f7f, "%04x", static_cast<unsigned>(code));
    at_top += code == 0x3f7f;
  }
  CHECK(at_top > 0, "the largest value below 1 is drawn");
}

void test_refusals() {
  TestPool pool(1);
  float out = 0;
  const double nan = __builtin_nan(""), infinity = __builtin_inf();
  const int64_t at = address_of(&out);
  const tenon_fill_item bad[] = {
      {0, 0, 1, TENON_F32, TENON_CONSTANT, 0, 0, 0, 0, 0, 0},
      {at, -1, 1, TENON_F32, TENON_CONSTANT, 0, 0, 0, 0, 0, 0},
      {at, 0, 1, TENON_F8_E4M3, TENON_CONSTANT, 0, 0, 0, 0, 0, 0},
      {at, 0, 1, TENON_F32, 4, 0, 0, 0, 0, 0, 0},
      {at, 0, 1, TENON_F32, TENON_UNIFORM, 0, 0, 1, 0, 0, 0},
      {at, 0, 1, TENON_F32, TENON_UNIFORM, 0, 0, nan, 1, 0, 0},
      {at, 0, 1, TENON_F32, TENON_NORMAL, 0, 0, 0, -1, 0, 0},
      {at, 0, 1, TENON_F32, TENON_NORMAL, 0, 0, 0, 1e39, 0, 0},
      {at, 0, 1, TENON_F32, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, 2, -2},
      {at, 0, 1, TENON_F32, TENON_TRUNCATED_NORMAL, 0, 0, 0, 1, infinity, infinity},
  };
  for (const tenon_fill_item& item : bad) {
    CHECK(tenon_fill(pool.handle(), &item, 1, nullptr, 0) == TENON_E_ARGUMENT, "item %ld",
          static_cast<long>(&item - bad));
  }
}

}  // namespace

void test_fill() {
  test_instruction_sets();
  test_shards();
  test_frozen();
  test_batches();
  test_upper_bound();
  test_refusals();
}
