// Threads that outlive an operation, and the scratch memory they read into.
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernels.h"
#include "sha256.h"

namespace tenon {

// What a worker does for one task; a status other than TENON_OK stops the operation.
using Task = int32_t (*)(void* context, int64_t task);

struct Job {
  Task task;
  void* context;
  int64_t count;
  int64_t next;     // atomic: the next task nobody took
  int64_t running;  // workers inside the job, under the pool's mutex
  int32_t status;   // atomic: the first failure
  Job* follower;
};

struct Pool {
  pthread_mutex_t mutex;
  pthread_cond_t work;      // a job came, or the end
  pthread_cond_t finished;  // a worker left a job
  Job* jobs;
  bool closing;
  int32_t workers;
  pid_t owner;
  pthread_t* threads;
  const Kernels* kernels;
  Compress compress;
  struct Scratch* scratch;  // free ones
};

// Runs tasks 0 to count - 1, each once, in rising order of their start.
int32_t run(Pool* pool, int64_t count, Task task, void* context);

constexpr size_t kPieceBytes = 1 << 20;  // what is read at once: it stays in the second-level cache

// A page-aligned buffer of kPieceBytes, borrowed from the pool; NULL data if there is no memory.
class ScratchLoan {
 public:
  explicit ScratchLoan(Pool* pool);
  ~ScratchLoan();
  ScratchLoan(const ScratchLoan&) = delete;
  ScratchLoan& operator=(const ScratchLoan&) = delete;
  unsigned char* data() const;

 private:
  Pool* pool_;
  struct Scratch* scratch_;
};

inline Pool* pool_of(int64_t handle) { return reinterpret_cast<Pool*>(handle); }

}  // namespace tenon
