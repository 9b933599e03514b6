// How the process that holds this library begins and ends, if it does nothing but load.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tenon.h"

#ifdef __GLIBC__
namespace {

void leave(int status, void*) {
  fflush(nullptr);
  _exit(status);
}

}  // namespace
#endif

void tenon_start_quickly(void) {
  // The least it takes: a worker sleeps after 16 ticks of the processor's clock, not after 2^26.
  setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);
}

void tenon_end_quickly(void) {
#ifdef __GLIBC__
  on_exit(leave, nullptr);  // Handlers run from the last to the first: none of the others does.
#endif
}
