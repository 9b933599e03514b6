// Pages: mapped in, counted, allocated, compared.
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"
#include "tenon.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

namespace tenon {
namespace {

constexpr int64_t kTask = 32 << 20;
constexpr int64_t kHugePage = 2 << 20;
constexpr int32_t kDifferent = -1000;  // stops a comparison; never leaves this file

struct Range {
  char* begin;
  char* end;
  int advice;
};

int64_t page_bytes() { return sysconf(_SC_PAGESIZE); }

// The whole pages that hold a range.
Range pages_of(int64_t address, int64_t length, int advice) {
  int64_t page = page_bytes();
  int64_t begin = address & -page;
  int64_t end = (address + length + page - 1) & -page;
  return {reinterpret_cast<char*>(begin), reinterpret_cast<char*>(end), advice};
}

bool is_range(int64_t address, int64_t length) {
  return address > 0 && length >= 0 && address <= INT64_MAX - length - page_bytes();
}

// Unused addresses that begin at a multiple of a huge page, for a number of whole pages; 0 and errno
// if there are none.
int64_t aligned_room(int64_t whole, int protection) {
  const int64_t reserved = whole + kHugePage;
  void* memory = mmap(nullptr, static_cast<size_t>(reserved), protection,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
  const int64_t begin = reinterpret_cast<int64_t>(memory);
  const int64_t aligned = (begin + kHugePage - 1) & -kHugePage;
  const int64_t before = aligned - begin, after = reserved - before - whole;
  if (before > 0) munmap(memory, static_cast<size_t>(before));
  if (after > 0) munmap(reinterpret_cast<void*>(aligned + whole), static_cast<size_t>(after));
  return aligned;
}

int64_t tasks_of(int64_t length) { return (length + kTask - 1) / kTask; }

// For kernels before 5.14.
void touch(char* begin, char* end) {
  for (volatile char* at = begin; at < end; at = at + page_bytes()) *at = *at;
}

int32_t populate_task(void* context, int64_t task) {
  const Range& range = *static_cast<const Range*>(context);
  char* begin = range.begin + task * kTask;
  char* end = range.end - begin < kTask ? range.end : begin + kTask;
  int failed;
  do {
    failed = madvise(begin, static_cast<size_t>(end - begin), range.advice);
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return TENON_OK;
  if (errno != EINVAL) return errno;
  if (range.advice == MADV_POPULATE_READ) {
    // Before Linux 5.14. A page is not touched: one that cannot be read would end the process.
    madvise(begin, static_cast<size_t>(end - begin), MADV_WILLNEED);
    return TENON_OK;
  }
  touch(begin, end);
  return TENON_OK;
}

struct Comparison {
  const char* a;
  const char* b;
  int64_t length;
};

int32_t equal_task(void* context, int64_t task) {
  const Comparison& two = *static_cast<const Comparison*>(context);
  int64_t begin = task * kTask;
  int64_t length = two.length - begin < kTask ? two.length - begin : kTask;
  return memcmp(two.a + begin, two.b + begin, static_cast<size_t>(length)) == 0 ? TENON_OK
                                                                                : kDifferent;
}

}  // namespace
}  // namespace tenon

using tenon::Pool;
using tenon::Range;

int32_t tenon_populate(int64_t handle, int64_t address, int64_t length) {
  Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || !tenon::is_range(address, length)) return TENON_E_ARGUMENT;
  if (length == 0) return TENON_OK;
  Range range = tenon::pages_of(address, length, MADV_POPULATE_READ);
  return tenon::run(pool, tenon::tasks_of(range.end - range.begin), tenon::populate_task, &range);
}

int32_t tenon_residency(int64_t address, int64_t length, int64_t* counts) {
  if (!tenon::is_range(address, length) || counts == nullptr) return TENON_E_ARGUMENT;
  counts[0] = counts[1] = 0;
  if (length == 0) return TENON_OK;
  Range range = tenon::pages_of(address, length, 0);
  const int64_t page = tenon::page_bytes();
  unsigned char resident[16384];
  const int64_t step = static_cast<int64_t>(sizeof resident) * page;
  for (char* at = range.begin; at < range.end; at += step) {
    int64_t bytes = range.end - at < step ? range.end - at : step;
    if (mincore(at, static_cast<size_t>(bytes), resident) != 0) return errno;
    for (int64_t i = 0; i < bytes / page; i++) counts[0] += resident[i] & 1;
    counts[1] += bytes / page;
  }
  return TENON_OK;
}

int32_t tenon_allocate(int64_t handle, int64_t length, int32_t populate, int64_t* address) {
  Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || length <= 0 || length > INT64_MAX / 2 || address == nullptr) {
    return TENON_E_ARGUMENT;
  }
  const int64_t page = tenon::page_bytes();
  const int64_t whole = (length + page - 1) & -page;
  const int64_t aligned = tenon::aligned_room(whole, PROT_READ | PROT_WRITE);
  if (aligned == 0) return errno;
  // A kernel without huge pages refuses the advice, and small pages serve as well.
  madvise(reinterpret_cast<void*>(aligned), static_cast<size_t>(whole), MADV_HUGEPAGE);
  int32_t status = TENON_OK;
  if (populate != 0) {
    Range range = tenon::pages_of(aligned, whole, MADV_POPULATE_WRITE);
    status = tenon::run(pool, tenon::tasks_of(whole), tenon::populate_task, &range);
    if (status != TENON_OK) tenon_free(aligned, length);
  }
  *address = status == TENON_OK ? aligned : 0;
  return status;
}

int32_t tenon_map(int64_t file, int64_t length, int64_t* address) {
  if (file < 0 || length <= 0 || length > INT64_MAX / 2 || address == nullptr) {
    return TENON_E_ARGUMENT;
  }
  const int64_t page = tenon::page_bytes();
  const int64_t whole = (length + page - 1) & -page;
  const int64_t room = tenon::aligned_room(whole, PROT_NONE);
  if (room == 0) return errno;
  // What is never written to needs no memory of its own: a file may be larger than all there is.
  void* memory = mmap(reinterpret_cast<void*>(room), static_cast<size_t>(length),
                      PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
                      static_cast<int>(file), 0);
  if (memory == MAP_FAILED) {
    const int failed = errno;
    munmap(reinterpret_cast<void*>(room), static_cast<size_t>(whole));
    return failed;
  }
  // Reads what is not in memory in huge pages, which one entry of the page table then holds. A kernel
  // without them refuses the advice.
  madvise(memory, static_cast<size_t>(length), MADV_HUGEPAGE);
  *address = reinterpret_cast<int64_t>(memory);
  return TENON_OK;
}

int32_t tenon_free(int64_t address, int64_t length) {
  if (!tenon::is_range(address, length) || length == 0) return TENON_E_ARGUMENT;
  Range range = tenon::pages_of(address, length, 0);
  return munmap(range.begin, static_cast<size_t>(range.end - range.begin)) == 0 ? TENON_OK : errno;
}

int32_t tenon_equal(int64_t handle, int64_t a, int64_t b, int64_t length, int64_t* equal) {
  Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || equal == nullptr || !tenon::is_range(a, length) ||
      !tenon::is_range(b, length)) {
    return TENON_E_ARGUMENT;
  }
  tenon::Comparison two = {reinterpret_cast<const char*>(a), reinterpret_cast<const char*>(b),
                           length};
  int32_t status = tenon::run(pool, tenon::tasks_of(length), tenon::equal_task, &two);
  *equal = status == TENON_OK ? 1 : 0;
  return status == tenon::kDifferent ? TENON_OK : status;
}
