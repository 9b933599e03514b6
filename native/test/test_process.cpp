// A process that starts quickly leaves its user's choice alone. One that ends quickly: its output is
// there, its status kept, other handlers left out.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

}  // namespace

void test_process() {
  CHECK(setenv(kTimeout, "9", 1) == 0, "setenv");
  tenon_start_quickly();
  CHECK(strcmp(getenv(kTimeout), "9") == 0, "written over");
  unsetenv(kTimeout);
  tenon_start_quickly();
  CHECK(getenv(kTimeout) != nullptr && strcmp(getenv(kTimeout), "4") == 0, "not set");
  unsetenv(kTimeout);
#ifdef __GLIBC__
  check_end(true, "said");
#endif
  check_end(false, " moresaid");
}
