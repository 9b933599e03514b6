// The process that holds this library: how it begins and ends, if it does nothing but load, and what
// it has linked.
#include <dirent.h>
#ifdef __linux__
#include <link.h>
#endif
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "tenon.h"

namespace {

constexpr int kLowest = 19;

// HotSpot's names for the threads of its two compilers end so, as far as the kernel keeps them.
constexpr char kCompiler[] = " CompilerThre";

bool is_compiler(const char* task) {
  char path[64];
  char name[sizeof kCompiler + 2] = {};
  snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", task);
  FILE* file = fopen(path, "re");
  if (file == nullptr) return false;
  bool read = fgets(name, sizeof name, file) != nullptr;
  fclose(file);
  return read && name[0] == 'C' && strcmp(name + 2, kCompiler) == 0;
}

// Most of what they compile in such a process is not run often enough to pay for it.
void compile_when_idle() {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return;
  while (const dirent* task = readdir(tasks)) {
    if (is_compiler(task->d_name)) {
      setpriority(PRIO_PROCESS, static_cast<id_t>(atoi(task->d_name)), kLowest);
    }
  }
  closedir(tasks);
}

#ifdef __GLIBC__
// A heap of glibc's is 64 MiB long, and no block of it may be larger than half of that.
constexpr size_t kBlock = 30 << 20;
constexpr int kLargestBlock = 32 << 20;
constexpr int kUsualLargestBlock = 128 << 10;
constexpr int kHeap = 64 << 20;

bool user_tunes_malloc() {
  return getenv("GLIBC_TUNABLES") != nullptr || getenv("MALLOC_TRIM_THRESHOLD_") != nullptr ||
         getenv("MALLOC_MMAP_THRESHOLD_") != nullptr;
}

void hint_huge_pages(void* block) {
  constexpr uintptr_t kHugePage = 2 << 20;
  uintptr_t begin = (reinterpret_cast<uintptr_t>(block) + kHugePage - 1) & ~(kHugePage - 1);
  uintptr_t end = (reinterpret_cast<uintptr_t>(block) + kBlock) & ~(kHugePage - 1);
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

void leave(int status, void*) {
  fflush(nullptr);
  _exit(status);
}
#endif

#ifdef __linux__
int count_libraries(dl_phdr_info* object, size_t size, void* count) {
  if (size >= offsetof(dl_phdr_info, dlpi_adds) + sizeof object->dlpi_adds) {
    *static_cast<int64_t*>(count) = static_cast<int64_t>(object->dlpi_adds);
  }
  return 1;  // Every object says the same.
}
#endif

}  // namespace

void tenon_start_quickly(void) {
  // The least it takes: a worker sleeps after 16 ticks of the processor's clock, not after 2^26.
  setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);
  compile_when_idle();
}

void tenon_grow_heap(void) {
#ifdef __GLIBC__
  if (user_tunes_malloc()) return;
  mallopt(M_TRIM_THRESHOLD, kHeap);
  mallopt(M_MMAP_THRESHOLD, kLargestBlock);
  void* blocks[] = {malloc(kBlock), malloc(kBlock)};
  mallopt(M_MMAP_THRESHOLD, kUsualLargestBlock);
  for (void* block : blocks) {
    if (block != nullptr) hint_huge_pages(block);
    free(block);
  }
#endif
}

void tenon_end_quickly(void) {
#ifdef __GLIBC__
  on_exit(leave, nullptr);  // Handlers run from the last to the first: none of the others does.
#endif
}

int64_t tenon_libraries(void) {
  int64_t count = 0;
#ifdef __linux__
  dl_iterate_phdr(count_libraries, &count);
#endif
  return count;
}
