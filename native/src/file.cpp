#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tenon.h"

namespace tenon {

int32_t read_fully(int file, int64_t offset, int64_t length, void* out) {
  char* to = static_cast<char*>(out);
  int64_t done = 0;
  while (done < length) {
    ssize_t got = pread(file, to + done, static_cast<size_t>(length - done), offset + done);
    if (got == 0) return TENON_E_END_OF_FILE;
    if (got > 0) {
      done += got;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return TENON_OK;
}

}  // namespace tenon

int32_t tenon_open(const char* path, int64_t* file) {
  if (path == nullptr || file == nullptr) return TENON_E_ARGUMENT;
  int descriptor;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return errno;
  *file = descriptor;
  return TENON_OK;
}

int32_t tenon_close(int64_t file) {
  if (file < 0) return TENON_E_ARGUMENT;
  return close(static_cast<int>(file)) == 0 ? TENON_OK : errno;
}

int32_t tenon_lock(const char* path, int64_t* lock) {
  if (path == nullptr || lock == nullptr) return TENON_E_ARGUMENT;
  *lock = -1;
  constexpr mode_t kMode = 0664;
  int descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kMode);
  if (descriptor < 0) return errno;
  struct stat now;
  int32_t status = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? TENON_OK : errno;
  if (status == TENON_OK && fstat(descriptor, &now) == 0 && now.st_nlink > 0) {
    // The umask may have kept the group out; a file of somebody else's keeps its mode.
    (void)!fchmod(descriptor, kMode);
    *lock = descriptor;
    return TENON_OK;
  }
  close(descriptor);
  // Whoever had it may have deleted the file, and then a lock on it keeps nobody out.
  return status == EWOULDBLOCK || status == EACCES || status == EINTR ? TENON_OK : status;
}

int32_t tenon_stat(int64_t file, int64_t* state) {
  if (file < 0 || state == nullptr) return TENON_E_ARGUMENT;
  struct stat now;
  if (fstat(static_cast<int>(file), &now) != 0) return errno;
  state[0] = now.st_size;
  state[1] = now.st_mtim.tv_sec;
  state[2] = now.st_mtim.tv_nsec;
  state[3] = static_cast<int64_t>(now.st_dev);
  state[4] = static_cast<int64_t>(now.st_ino);
  return TENON_OK;
}

int32_t tenon_read(int64_t file, int64_t offset, int64_t address, int64_t length) {
  if (file < 0 || offset < 0 || length < 0 || offset > INT64_MAX - length ||
      (address == 0 && length > 0)) {
    return TENON_E_ARGUMENT;
  }
  return tenon::read_fully(static_cast<int>(file), offset, length, reinterpret_cast<void*>(address));
}

int32_t tenon_cached(int64_t file, int64_t offset, int64_t length, int64_t* counts) {
  if (file < 0 || offset < 0 || length < 0 || offset > INT64_MAX - length || counts == nullptr) {
    return TENON_E_ARGUMENT;
  }
  counts[0] = counts[1] = 0;
  if (length == 0) return TENON_OK;  // to the kernel it means: to the end of the file
  const int64_t page = sysconf(_SC_PAGESIZE);
  counts[1] = (offset + length - 1) / page - offset / page + 1;
  constexpr long kCachestat = 451;  // the same on every architecture; older headers have no name for it
  const struct {
    uint64_t offset, length;
  } range = {static_cast<uint64_t>(offset), static_cast<uint64_t>(length)};
  struct {
    uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } found;
  if (syscall(kCachestat, static_cast<unsigned>(file), &range, &found, 0U) != 0) return errno;
  counts[0] = static_cast<int64_t>(found.cached);
  return TENON_OK;
}
