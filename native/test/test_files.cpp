#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

namespace {

constexpr int64_t kBytes = 5 * 1000 * 1000 + 123;

class TestFile {
 public:
  TestFile() {
    const char* folder = getenv("TMPDIR");
    snprintf(path_, sizeof path_, "%s/tenon-test-XXXXXX", folder == nullptr ? "/tmp" : folder);
    int file = mkstemp(path_);
    CHECK(file >= 0, "%s", path_);
    TestRandom random(3);
    bytes_.resize(kBytes);
    for (unsigned char& byte : bytes_) byte = static_cast<unsigned char>(random.next());
    CHECK(write(file, bytes_.data(), bytes_.size()) == kBytes, "write");
    close(file);
  }
  ~TestFile() { unlink(path_); }
  const char* path() const { return path_; }
  const unsigned char* bytes() const { return bytes_.data(); }

 private:
  char path_[512];
  std::vector<unsigned char> bytes_;
};

void test_reads(int64_t pool, const TestFile& file, int64_t open_file) {
  std::vector<unsigned char> a(kBytes - 77), b(100), c(4 * 1000001), d(4 * 1000001);
  const tenon_move_item items[] = {
      run_of(77, address_of(a.data()), kBytes - 77, TENON_BYTES, TENON_BYTES),
      run_of(1, address_of(b.data()), 50, TENON_F16, TENON_F16),
      run_of(3, address_of(b.data()), 0, TENON_F16, TENON_F32),
      run_of(4097, address_of(c.data()), 1000001, TENON_BF16, TENON_F32)};
  int64_t failed = 0;
  CHECK(tenon_move(pool, open_file, items, 4, &failed) == TENON_OK, "read");
  CHECK(memcmp(a.data(), file.bytes() + 77, a.size()) == 0, "bytes");
  CHECK(memcmp(b.data(), file.bytes() + 1, 100) == 0, "same type");
  tenon_move_item mapped = items[3];
  mapped.source = address_of(file.bytes() + 4097);
  mapped.destination = address_of(d.data());
  CHECK(tenon_move(pool, -1, &mapped, 1, &failed) == TENON_OK, "copy");
  CHECK(c == d, "a read and a copy convert alike");
}

void test_cached(int64_t open_file) {
  int64_t counts[2] = {-1, -1};
  int32_t status = tenon_cached(open_file, 0, kBytes, counts);
  if (status == ENOSYS || status == EPERM) return;  // an old kernel, or one that keeps it from us
  CHECK(status == TENON_OK, "cached: %d", status);
  CHECK(counts[0] == counts[1] && counts[1] == (kBytes + 4095) / 4096, "all pages are there");
  CHECK(tenon_cached(open_file, 4095, 2, counts) == TENON_OK && counts[1] == 2, "two pages");
  CHECK(tenon_cached(open_file, 7, 0, counts) == TENON_OK && counts[1] == 0, "an empty range");
  CHECK(tenon_cached(open_file, -1, 1, counts) == TENON_E_ARGUMENT, "a negative offset");
}

void test_ends(int64_t pool, int64_t open_file) {
  std::vector<unsigned char> out(1 << 20);
  tenon_move_item items[] = {
      run_of(0, address_of(out.data()), 100, TENON_BYTES, TENON_BYTES),
      run_of(kBytes - 10, address_of(out.data()), 11, TENON_BYTES, TENON_BYTES)};
  int64_t failed = -1;
  CHECK(tenon_move(pool, open_file, items, 2, &failed) == TENON_E_END_OF_FILE, "beyond the end");
  CHECK(failed == 1, "failed=%ld", static_cast<long>(failed));
  items[1].axes[2].count = 10;
  CHECK(tenon_move(pool, open_file, items, 2, &failed) == TENON_OK, "up to the end");
  items[1] = run_of(0, address_of(out.data()), 10, TENON_F32, TENON_F8_E4M3);
  CHECK(tenon_move(pool, open_file, items, 2, &failed) == TENON_E_ARGUMENT, "cannot write float8");
}

void test_state(const TestFile& file, int64_t open_file) {
  int64_t state[5];
  CHECK(tenon_stat(open_file, state) == TENON_OK && state[0] == kBytes, "size");
  CHECK(truncate(file.path(), kBytes - 1) == 0 && truncate(file.path(), kBytes) == 0, "truncate");
  int64_t later[5];
  CHECK(tenon_stat(open_file, later) == TENON_OK && later[0] == kBytes, "size");
  CHECK(later[3] == state[3] && later[4] == state[4], "the same file");
  CHECK(later[1] > state[1] || later[2] > state[2], "a later change");
  CHECK(tenon_stat(-1, state) == TENON_E_ARGUMENT, "no file");
}

void test_read_and_map(int64_t pool, const TestFile& file, int64_t open_file) {
  std::vector<unsigned char> out(kBytes);
  CHECK(tenon_read(open_file, 3, address_of(out.data()), kBytes - 4) == TENON_OK, "read");
  CHECK(memcmp(out.data(), file.bytes() + 3, kBytes - 4) == 0, "bytes read");
  CHECK(tenon_read(open_file, 1, address_of(out.data()), kBytes) == TENON_E_END_OF_FILE, "beyond");
  int64_t address = 0;
  CHECK(tenon_map(open_file, kBytes, &address) == TENON_OK, "map");
  CHECK(address % (2 << 20) == 0, "aligned");
  CHECK(tenon_populate(pool, address, kBytes) == TENON_OK, "populate");
  unsigned char* mapped = reinterpret_cast<unsigned char*>(address);
  CHECK(memcmp(mapped, file.bytes(), kBytes - 1) == 0, "bytes mapped");
  mapped[0] = static_cast<unsigned char>(~mapped[0]);
  CHECK(tenon_read(open_file, 0, address_of(out.data()), 1) == TENON_OK, "read again");
  CHECK(out[0] == file.bytes()[0], "the file stays as it is");
  CHECK(tenon_free(address, kBytes) == TENON_OK, "unmap");
}

void test_locks(const TestFile& file) {
  int64_t first = -1, second = -1;
  CHECK(tenon_lock(file.path(), &first) == TENON_OK && first >= 0, "a lock nobody has");
  CHECK(tenon_lock(file.path(), &second) == TENON_OK && second == -1, "a lock somebody has");
  CHECK(tenon_close(first) == TENON_OK, "close");
  CHECK(tenon_lock(file.path(), &second) == TENON_OK && second >= 0, "a lock given back");
  CHECK(tenon_close(second) == TENON_OK, "close");
  CHECK(tenon_lock("/nowhere/at-all", &first) == ENOENT && first == -1, "no such directory");
}

}  // namespace

void test_files() {
  TestPool pool(3);
  TestFile file;
  int64_t open_file = -1;
  int32_t status = tenon_open(file.path(), &open_file);
  CHECK(status == TENON_OK, "%s: %s", file.path(), tenon_error(status));
  test_reads(pool.handle(), file, open_file);
  test_ends(pool.handle(), open_file);
  test_cached(open_file);
  test_read_and_map(pool.handle(), file, open_file);
  test_state(file, open_file);
  CHECK(tenon_close(open_file) == TENON_OK, "close");
  test_locks(file);
  int64_t none;
  CHECK(tenon_open("/nowhere/at-all", &none) == ENOENT, "no such file");
}
