#include "pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tenon.h"

namespace tenon {

struct Scratch {
  unsigned char* data;
  Scratch* next;
};

namespace {

void take_tasks(Job* job) {
  for (;;) {
    if (__atomic_load_n(&job->status, __ATOMIC_RELAXED) != TENON_OK) return;
    int64_t task = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
    if (task >= job->count) return;
    int32_t status = job->task(job->context, task);
    if (status != TENON_OK) {
      int32_t none = TENON_OK;
      __atomic_compare_exchange_n(&job->status, &none, status, false, __ATOMIC_RELAXED,
                                  __ATOMIC_RELAXED);
    }
  }
}

bool has_tasks(Job* job) {
  return __atomic_load_n(&job->status, __ATOMIC_RELAXED) == TENON_OK &&
         __atomic_load_n(&job->next, __ATOMIC_RELAXED) < job->count;
}

Job* waiting_job(Pool* pool) {
  for (Job* job = pool->jobs; job != nullptr; job = job->follower) {
    if (has_tasks(job)) return job;
  }
  return nullptr;
}

void* worker(void* argument) {
  Pool* pool = static_cast<Pool*>(argument);
  pthread_mutex_lock(&pool->mutex);
  while (!pool->closing) {
    Job* job = waiting_job(pool);
    if (job == nullptr) {
      pthread_cond_wait(&pool->work, &pool->mutex);
      continue;
    }
    job->running++;
    pthread_mutex_unlock(&pool->mutex);
    take_tasks(job);
    pthread_mutex_lock(&pool->mutex);
    if (--job->running == 0) pthread_cond_broadcast(&pool->finished);
  }
  pthread_mutex_unlock(&pool->mutex);
  return nullptr;
}

void enlist(Pool* pool, Job* job) {
  Job** end = &pool->jobs;
  while (*end != nullptr) end = &(*end)->follower;
  *end = job;
}

void strike(Pool* pool, Job* job) {
  Job** link = &pool->jobs;
  while (*link != job) link = &(*link)->follower;
  *link = job->follower;
}

}  // namespace

int32_t run(Pool* pool, int64_t count, Task task, void* context) {
  Job job = {task, context, count, 0, 0, TENON_OK, nullptr};
  // A child of fork has a copy of this pool, but neither its threads nor a sound mutex.
  bool alone = count < 2 || pool->workers == 0 || pool->owner != getpid();
  if (alone) {
    take_tasks(&job);
    return job.status;
  }
  pthread_mutex_lock(&pool->mutex);
  enlist(pool, &job);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  take_tasks(&job);
  pthread_mutex_lock(&pool->mutex);
  while (job.running > 0) pthread_cond_wait(&pool->finished, &pool->mutex);
  strike(pool, &job);
  pthread_mutex_unlock(&pool->mutex);
  return job.status;
}

ScratchLoan::ScratchLoan(Pool* pool) : pool_(pool), scratch_(nullptr) {
  bool shared = pool->owner == getpid();
  if (shared) {
    pthread_mutex_lock(&pool->mutex);
    scratch_ = pool->scratch;
    if (scratch_ != nullptr) pool->scratch = scratch_->next;
    pthread_mutex_unlock(&pool->mutex);
  }
  if (scratch_ != nullptr) return;
  scratch_ = static_cast<Scratch*>(malloc(sizeof(Scratch)));
  if (scratch_ == nullptr) return;
  scratch_->next = nullptr;
  scratch_->data = static_cast<unsigned char*>(aligned_alloc(4096, kPieceBytes));
}

ScratchLoan::~ScratchLoan() {
  if (scratch_ == nullptr) return;
  if (pool_->owner != getpid() || scratch_->data == nullptr) {
    free(scratch_->data);
    free(scratch_);
    return;
  }
  pthread_mutex_lock(&pool_->mutex);
  scratch_->next = pool_->scratch;
  pool_->scratch = scratch_;
  pthread_mutex_unlock(&pool_->mutex);
}

unsigned char* ScratchLoan::data() const { return scratch_ == nullptr ? nullptr : scratch_->data; }

}  // namespace tenon

using tenon::Pool;
using tenon::Scratch;

int32_t tenon_pool_create(int32_t threads, int32_t isa, int64_t* handle) {
  if (threads < 1 || threads > 1024 || handle == nullptr) return TENON_E_ARGUMENT;
  const tenon::Kernels* kernels = tenon::kernels_of(isa);
  if (kernels == nullptr) return TENON_E_ARGUMENT;
  Pool* pool = static_cast<Pool*>(calloc(1, sizeof(Pool)));
  if (pool == nullptr) return ENOMEM;
  pool->threads = static_cast<pthread_t*>(calloc(static_cast<size_t>(threads), sizeof(pthread_t)));
  if (pool->threads == nullptr) {
    free(pool);
    return ENOMEM;
  }
  pool->kernels = kernels;
  pool->compress = isa == TENON_ISA_SCALAR ? tenon::compress_scalar : tenon::sha256_compress();
  pool->owner = getpid();
  pthread_mutex_init(&pool->mutex, nullptr);
  pthread_cond_init(&pool->work, nullptr);
  pthread_cond_init(&pool->finished, nullptr);
  *handle = reinterpret_cast<int64_t>(pool);
  // Signals are the JVM's: its own threads are to receive them, save for a fault of a worker's own.
  sigset_t others, before;
  sigfillset(&others);
  const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (int fault : faults) sigdelset(&others, fault);
  pthread_sigmask(SIG_SETMASK, &others, &before);
  int32_t status = TENON_OK;
  while (status == TENON_OK && pool->workers < threads - 1) {
    status = pthread_create(&pool->threads[pool->workers], nullptr, tenon::worker, pool);
    if (status == TENON_OK) pool->workers++;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (status != TENON_OK) {
    tenon_pool_close(*handle);
    *handle = 0;
  }
  return status;
}

int32_t tenon_pool_close(int64_t handle) {
  Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr) return TENON_E_ARGUMENT;
  if (pool->owner == getpid()) {
    pthread_mutex_lock(&pool->mutex);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (int32_t i = 0; i < pool->workers; i++) pthread_join(pool->threads[i], nullptr);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->finished);
    pthread_mutex_destroy(&pool->mutex);
  }
  while (pool->scratch != nullptr) {
    Scratch* scratch = pool->scratch;
    pool->scratch = scratch->next;
    free(scratch->data);
    free(scratch);
  }
  free(pool->threads);
  free(pool);
  return TENON_OK;
}
