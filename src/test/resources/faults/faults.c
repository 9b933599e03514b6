/*
 * Put before libc with LD_PRELOAD: lets one chosen call of a process fail as a bad disk, a full one, or a machine
 * without memory or threads would make it. A file named by TENON_FAULTS, which the test maps too, says which; only
 * files under TENON_FAULTS_UNDER are meant, and memory and threads of libtorch, the native core and Java's own threads.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN = 1, STAT = 2, READ = 4, MAP = 8, POPULATE = 16, MEMORY = 32, THREAD = 64, WRITE = 128, CLOSE = 256 };

struct control {
  int64_t kinds;  /* the calls that count */
  int64_t calls;  /* how many there were */
  int64_t victim; /* which of them fails, from 1; 0 for none */
  int64_t lasts;  /* whether all after it fail too */
  int64_t error;  /* its errno; 0 for a read that finds the end of the file */
  int64_t failed; /* how many did */
};

static struct control* control;
static const char* under;
static unsigned char mine[1 << 16]; /* descriptors of files that are meant */

__attribute__((constructor)) static void begin(void) {
  const char* file = getenv("TENON_FAULTS");
  under = getenv("TENON_FAULTS_UNDER");
  if (file == NULL || under == NULL) return;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* memory = (void*)syscall(SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (memory != MAP_FAILED) control = memory;
}

static int fails(int kind) {
  if (control == NULL || (control->kinds & kind) == 0) return 0;
  int64_t call = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
  if (control->victim == 0 || call < control->victim || (call > control->victim && !control->lasts)) return 0;
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
  errno = (int)control->error;
  return 1;
}

static int is_mine(const char* path) {
  return control != NULL && path != NULL && strncmp(path, under, strlen(under)) == 0;
}

static int is_mine_fd(int fd) { return fd >= 0 && fd < (int)sizeof mine && mine[fd]; }

static int from(void* caller, const char* library) {
  Dl_info info;
  return dladdr(caller, &info) != 0 && info.dli_fname != NULL && strstr(info.dli_fname, library) != NULL;
}

static int opened(const char* path, int flags, mode_t mode) {
  int meant = is_mine(path);
  if (meant && fails(OPEN)) return -1;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && fd < (int)sizeof mine) mine[fd] = (unsigned char)meant;
  return fd;
}

#define OPENS(name)                                     \
  int name(const char* path, int flags, ...) {          \
    va_list rest;                                       \
    va_start(rest, flags);                              \
    mode_t mode = (mode_t)va_arg(rest, int);            \
    va_end(rest);                                       \
    return opened(path, flags, mode);                   \
  }
OPENS(open)
OPENS(open64)

int close(int fd) {
  int meant = is_mine_fd(fd);
  if (meant) mine[fd] = 0;
  int status = (int)syscall(SYS_close, fd);
  return meant && fails(CLOSE) ? -1 : status;
}

static int stated(int directory, const char* path, struct stat* into, int flags) {
  return (int)syscall(SYS_newfstatat, directory, path, into, flags);
}

#define STATS(name, parameters, path, into, flags)                                       \
  int name parameters {                                                                  \
    return is_mine(path) && fails(STAT) ? -1 : stated(AT_FDCWD, path, (void*)into, flags); \
  }
#define FSTATS(name, parameters, fd, into)                                               \
  int name parameters {                                                                  \
    return is_mine_fd(fd) && fails(STAT) ? -1 : stated(fd, "", (void*)into, AT_EMPTY_PATH); \
  }
STATS(stat, (const char* path, struct stat* into), path, into, 0)
STATS(stat64, (const char* path, struct stat64* into), path, into, 0)
STATS(lstat, (const char* path, struct stat* into), path, into, AT_SYMLINK_NOFOLLOW)
STATS(lstat64, (const char* path, struct stat64* into), path, into, AT_SYMLINK_NOFOLLOW)
STATS(__xstat, (int version, const char* path, struct stat* into), path, into, 0)
STATS(__xstat64, (int version, const char* path, struct stat64* into), path, into, 0)
STATS(__lxstat, (int version, const char* path, struct stat* into), path, into, AT_SYMLINK_NOFOLLOW)
STATS(__lxstat64, (int version, const char* path, struct stat64* into), path, into, AT_SYMLINK_NOFOLLOW)
FSTATS(fstat, (int fd, struct stat* into), fd, into)
FSTATS(fstat64, (int fd, struct stat64* into), fd, into)
FSTATS(__fxstat, (int version, int fd, struct stat* into), fd, into)
FSTATS(__fxstat64, (int version, int fd, struct stat64* into), fd, into)

#define FAILED_READ (control->error == 0 ? 0 : -1)

ssize_t read(int fd, void* to, size_t length) {
  return is_mine_fd(fd) && fails(READ) ? FAILED_READ : syscall(SYS_read, fd, to, length);
}
ssize_t pread(int fd, void* to, size_t length, off_t at) {
  return is_mine_fd(fd) && fails(READ) ? FAILED_READ : syscall(SYS_pread64, fd, to, length, at);
}
ssize_t pread64(int fd, void* to, size_t length, off64_t at) { return pread(fd, to, length, at); }

ssize_t write(int fd, const void* from, size_t length) {
  return is_mine_fd(fd) && fails(WRITE) ? -1 : syscall(SYS_write, fd, from, length);
}
int rename(const char* old, const char* new) {
  return is_mine(new) && fails(WRITE) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

void* mmap(void* at, size_t length, int protection, int flags, int fd, off_t offset) {
  int meant = fd >= 0 ? is_mine_fd(fd) && fails(MAP)
                      : control != NULL && (control->kinds & MEMORY) != 0 &&
                            from(__builtin_return_address(0), "tenon") && fails(MEMORY);
  return meant ? MAP_FAILED : (void*)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}
void* mmap64(void* at, size_t length, int protection, int flags, int fd, off64_t offset) {
  int meant = fd >= 0 && is_mine_fd(fd) && fails(MAP);
  return meant ? MAP_FAILED : (void*)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}
int madvise(void* at, size_t length, int advice) {
  int populate = advice == 22 || advice == 23; /* MADV_POPULATE_READ and _WRITE */
  if (!populate || !fails(POPULATE)) return (int)syscall(SYS_madvise, at, length, advice);
  if ((control->kinds & READ) != 0) errno = EFAULT; /* Whatever a read would say, the kernel says this. */
  return -1;
}

int posix_memalign(void** memory, size_t alignment, size_t length) {
  static int (*next)(void**, size_t, size_t);
  if (next == NULL) next = (int (*)(void**, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
  return fails(MEMORY) ? ENOMEM : next(memory, alignment, length);
}
void* aligned_alloc(size_t alignment, size_t length) {
  static void* (*next)(size_t, size_t);
  if (next == NULL) next = (void* (*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
  return fails(MEMORY) ? NULL : next(alignment, length);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*start)(void*), void* argument) {
  static int (*next)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  if (next == NULL) {
    next = (int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*))dlsym(RTLD_NEXT, "pthread_create");
  }
  return fails(THREAD) ? EAGAIN : next(thread, how, start, argument);
}
