// native/check runs it: every test, with statistics on 2^N samples (20 unless told).
#include <stdlib.h>

#include "check.h"

int main(int argc, char** argv) {
  int log_samples = argc > 1 ? atoi(argv[1]) : 20;
  test_philox();
  test_fill();
  test_truncated();
  test_convert();
  test_boxes();
  test_unpack();
  test_pool();
  test_files();
  test_memory();
  test_process();
  test_statistics(log_samples);
  puts("native: all tests passed");
}
