// The count of libraries grows with each. A process that starts quickly leaves its user's choice
// alone and lets compilers wait. A heap grows at once. A process that ends quickly: its output is
// there, its status kept, other handlers left out.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define TELLS_OF_MALLOC
#endif
#endif

#include <thread>

#include "check.h"

namespace {

constexpr int kStatus = 7;
constexpr const char* kTimeout = "OPENBLAS_THREAD_TIMEOUT";
int written_to = -1;

void say_more() { (void)!write(written_to, " more", 5); }

[[noreturn]] void child(int out, bool quickly) {
  written_to = out;
  dup2(out, STDOUT_FILENO);
  atexit(say_more);
  printf("said");  // a pipe is written to when a buffer is full, or at the end
  if (quickly) tenon_end_quickly();
  exit(kStatus);
}

void check_end(bool quickly, const char* expected) {
  int ends[2];
  CHECK(pipe(ends) == 0, "pipe");
  fflush(nullptr);
  pid_t process = fork();
  if (process == 0) child(ends[1], quickly);
  close(ends[1]);
  char said[64] = {};
  ssize_t length = 0;
  for (ssize_t got; (got = read(ends[0], said + length, sizeof said - 1 - length)) > 0;) {
    length += got;
  }
  close(ends[0]);
  int status = 0;
  CHECK(waitpid(process, &status, 0) == process, "waitpid");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == kStatus, "status=%d", status);
  CHECK(strcmp(said, expected) == 0, "said=%s", said);
}

// The nice value a thread of this name has after a quick start.
int nice_of(const char* name) {
  int nice = 0;
  auto start = [&] {
    pthread_setname_np(pthread_self(), name);
    tenon_start_quickly();
    nice = getpriority(PRIO_PROCESS, 0);
  };
  std::thread(start).join();
  return nice;
}

#ifdef TELLS_OF_MALLOC
void check_heap() {
  if (mallinfo2().uordblks == 0) return;  // A sanitizer's malloc, of which nobody is told.
  size_t free_before = mallinfo2().fordblks;
  size_t grown = 0;
  std::thread([&] {
    tenon_grow_heap();
    grown = mallinfo2().fordblks - free_before;
  }).join();
  CHECK(grown > 55u << 20, "grown=%zu", grown);
}
#endif

// One that is not there yet is counted, and no other.
void check_libraries() {
  for (const char* name : {"libutil.so.1", "libanl.so.1", "libresolv.so.2", "libnsl.so.1"}) {
    if (void* there = dlopen(name, RTLD_LAZY | RTLD_NOLOAD)) {
      dlclose(there);
      continue;
    }
    int64_t before = tenon_libraries();
    CHECK(before > 0 && tenon_libraries() == before, "before=%ld", static_cast<long>(before));
    void* library = dlopen(name, RTLD_LAZY);
    if (library == nullptr) continue;  // Not on this machine.
    int64_t after = tenon_libraries();
    CHECK(after > before, "library=%s after=%ld", name, static_cast<long>(after));
    dlclose(library);
    CHECK(tenon_libraries() == after, "library=%s", name);
    return;
  }
}

}  // namespace

void test_process() {
  check_libraries();
  CHECK(setenv(kTimeout, "9", 1) == 0, "setenv");
  tenon_start_quickly();
  CHECK(strcmp(getenv(kTimeout), "9") == 0, "written over");
  unsetenv(kTimeout);
  tenon_start_quickly();
  CHECK(getenv(kTimeout) != nullptr && strcmp(getenv(kTimeout), "4") == 0, "not set");
  CHECK(nice_of("C2 CompilerThre") == 19, "second compiler");
  CHECK(nice_of("C1 CompilerThre") == 19, "first compiler");
  CHECK(nice_of("CX Compiler") == getpriority(PRIO_PROCESS, 0), "another thread");
  unsetenv(kTimeout);
#ifdef TELLS_OF_MALLOC
  check_heap();
#endif
#ifdef __GLIBC__
  check_end(true, "said");
#endif
  check_end(false, " moresaid");
}
