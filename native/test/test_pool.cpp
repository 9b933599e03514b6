#include "../src/pool.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "check.h"

namespace {

struct Counts {
  std::vector<int> done;
  int64_t failing;
};

int32_t count(void* context, int64_t task) {
  Counts* counts = static_cast<Counts*>(context);
  if (task == counts->failing) return EIO;
  counts->done[static_cast<size_t>(task)]++;
  return TENON_OK;
}

void check_each_once(int64_t pool, int64_t tasks) {
  Counts counts = {std::vector<int>(static_cast<size_t>(tasks)), -1};
  CHECK(tenon::run(tenon::pool_of(pool), tasks, count, &counts) == TENON_OK, "run");
  for (int done : counts.done) CHECK(done == 1, "done=%d", done);
}

void test_many_callers() {
  TestPool pool(3);
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; i++) {
    callers.emplace_back([&pool] {
      for (int64_t tasks = 0; tasks < 200; tasks++) check_each_once(pool.handle(), tasks);
    });
  }
  for (std::thread& caller : callers) caller.join();
}

void test_failure() {
  TestPool pool(4);
  Counts counts = {std::vector<int>(1000), 500};
  CHECK(tenon::run(tenon::pool_of(pool.handle()), 1000, count, &counts) == EIO,
        "the task's status");
  check_each_once(pool.handle(), 100);
}

void test_forked_child() {
  TestPool pool(4);
  check_each_once(pool.handle(), 50);
  pid_t child = fork();
  if (child == 0) {
    check_each_once(pool.handle(), 50);
    CHECK(tenon_pool_close(pool.handle()) == TENON_OK, "close");
    _exit(0);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && status == 0, "status=%d", status);
}

void test_refusals() {
  int64_t pool;
  CHECK(tenon_pool_create(0, TENON_ISA_BEST, &pool) == TENON_E_ARGUMENT, "no threads");
  CHECK(tenon_pool_create(1, TENON_ISA_AVX512 + 1, &pool) == TENON_E_ARGUMENT, "no such isa");
  CHECK(tenon_pool_close(0) == TENON_E_ARGUMENT, "no pool");
}

}  // namespace

void test_pool() {
  test_many_callers();
  test_failure();
  test_forked_child();
  test_refusals();
}
