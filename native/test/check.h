// The least a test needs: a condition that names itself when it fails, and a list of tests.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <vector>

#include "tenon.h"

#define CHECK(condition, ...)                                                 \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s: ", __FILE__, __LINE__, #condition); \
      fprintf(stderr, __VA_ARGS__);                                           \
      fputc('\n', stderr);                                                    \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

// A pool that is closed at the end of its block.
class TestPool {
 public:
  explicit TestPool(int32_t threads, int32_t isa = TENON_ISA_BEST) {
    CHECK(tenon_pool_create(threads, isa, &handle_) == TENON_OK, "threads=%d isa=%d", threads, isa);
  }
  ~TestPool() { CHECK(tenon_pool_close(handle_) == TENON_OK, "close"); }
  TestPool(const TestPool&) = delete;
  TestPool& operator=(const TestPool&) = delete;
  int64_t handle() const { return handle_; }

 private:
  int64_t handle_ = 0;
};

// The same numbers in every run.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  uint64_t next() {  // splitmix64
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(next() % static_cast<uint64_t>(bound));
  }

 private:
  uint64_t state_;
};

template <class T>
int64_t address_of(const T* pointer) {
  return reinterpret_cast<int64_t>(pointer);
}

inline int64_t bytes_of(int64_t dtype) {
  if (dtype == TENON_F64) return 8;
  return dtype == TENON_F32 ? 4 : dtype == TENON_BF16 || dtype == TENON_F16 ? 2 : 1;
}

// Neighbours on both sides.
inline tenon_move_item run_of(int64_t source, int64_t destination, int64_t length, int64_t from,
                              int64_t to) {
  const int64_t size = bytes_of(from), to_size = bytes_of(to);
  return {source, destination, from, to, size, {{1, 0, 0}, {1, 0, 0}, {length, size, to_size}}};
}

// A run of the stream the tests draw from, to its own memory.
inline std::vector<unsigned char> drawn(int64_t pool, tenon_fill_item item) {
  std::vector<unsigned char> out(static_cast<size_t>(item.length * bytes_of(item.dtype)));
  unsigned char none;
  item.address = address_of(out.empty() ? &none : out.data());
  item.key = 0x0123456789abcdef;
  item.stream = 0xfedcba9876543210;
  int32_t status = tenon_fill(pool, &item, 1, nullptr, 0);
  CHECK(status == TENON_OK, "kind=%ld: %s", static_cast<long>(item.kind), tenon_error(status));
  return out;
}

void test_philox();
void test_fill();
void test_truncated();
void test_convert();
void test_boxes();
void test_unpack();
void test_pool();
void test_files();
void test_memory();
void test_process();
void test_statistics(int log_samples);
