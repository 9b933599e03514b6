// How the process that holds this library begins and ends, if it does nothing but load.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "tenon.h"

#ifdef __GLIBC__
namespace {

void leave(int status, void*) {
  fflush(nullptr);
  _exit(status);
}

// libtorch allocates 55 MB in small blocks while it is loaded, and a thread's heap grows by a page at
// a time, by a call of the kernel and a fault each, unless it has been larger before. A heap is 64
// MiB long, and no block of it may be larger than half of that.
constexpr size_t kBlock = 30 << 20;
constexpr int kLargestBlock = 32 << 20;
constexpr int kUsualLargestBlock = 128 << 10;
constexpr int kHeap = 64 << 20;

void hint_huge_pages(void* block) {
  constexpr uintptr_t kHugePage = 2 << 20;
  uintptr_t begin = (reinterpret_cast<uintptr_t>(block) + kHugePage - 1) & ~(kHugePage - 1);
  uintptr_t end = (reinterpret_cast<uintptr_t>(block) + kBlock) & ~(kHugePage - 1);
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

void grow_heap() {
  mallopt(M_TRIM_THRESHOLD, kHeap);
  mallopt(M_MMAP_THRESHOLD, kLargestBlock);
  void* blocks[] = {malloc(kBlock), malloc(kBlock)};
  mallopt(M_MMAP_THRESHOLD, kUsualLargestBlock);
  for (void* block : blocks) {
    if (block != nullptr) hint_huge_pages(block);
    free(block);
  }
}

}  // namespace
#endif

void tenon_start_quickly(void) {
#ifdef __GLIBC__
  grow_heap();
#endif
  // The least it takes: a worker sleeps after 16 ticks of the processor's clock, not after 2^26.
  setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);
}

void tenon_end_quickly(void) {
#ifdef __GLIBC__
  on_exit(leave, nullptr);  // Handlers run from the last to the first: none of the others does.
#endif
}
