#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

namespace {

void test_allocation(int64_t pool, int32_t populate) {
  constexpr int64_t bytes = 5 * 1000 * 1000;
  int64_t address = 0, counts[2];
  CHECK(tenon_allocate(pool, bytes, populate, &address) == TENON_OK, "allocate");
  CHECK(address % (2 << 20) == 0, "aligned");
  CHECK(tenon_residency(address, bytes, counts) == TENON_OK, "residency");
  CHECK(counts[1] == (bytes + 4095) / 4096, "pages=%ld", static_cast<long>(counts[1]));
  CHECK(populate == 0 || counts[0] == counts[1], "resident=%ld", static_cast<long>(counts[0]));
  unsigned char* data = reinterpret_cast<unsigned char*>(address);
  for (int64_t i = 0; i < bytes; i += 999) CHECK(data[i] == 0, "zeroed");
  data[bytes - 1] = 1;
  CHECK(tenon_populate(pool, address, bytes) == TENON_OK, "populate");
  CHECK(data[bytes - 1] == 1, "populate keeps");
  CHECK(tenon_free(address, bytes) == TENON_OK, "free");
  CHECK(tenon_populate(pool, address, bytes) == ENOMEM, "no longer mapped");
}

void test_equality(int64_t pool) {
  constexpr int64_t bytes = 70 << 20;
  std::vector<unsigned char> a(bytes, 7), b(bytes, 7);
  int64_t equal = -1;
  CHECK(tenon_equal(pool, address_of(a.data()), address_of(b.data()), bytes, &equal) == TENON_OK,
        "compare");
  CHECK(equal == 1, "equal");
  for (int64_t at : {int64_t{0}, int64_t{33} << 20, bytes - 1}) {
    b[static_cast<size_t>(at)]++;
    CHECK(tenon_equal(pool, address_of(a.data()), address_of(b.data()), bytes, &equal) == TENON_OK,
          "compare");
    CHECK(equal == 0, "differs at %ld", static_cast<long>(at));
    b[static_cast<size_t>(at)]--;
  }
  CHECK(tenon_equal(pool, address_of(a.data()), address_of(b.data()), 0, &equal) == TENON_OK,
        "compare");
  CHECK(equal == 1, "nothing equals nothing");
}

// A page a file no longer has is an error, not a signal, since Linux 5.14.
void test_shrunk_file(int64_t pool) {
  FILE* file = tmpfile();
  CHECK(file != nullptr && ftruncate(fileno(file), 3 * 4096) == 0, "tmpfile");
  void* mapped = mmap(nullptr, 3 * 4096, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  CHECK(mapped != MAP_FAILED, "mmap");
  CHECK(tenon_populate(pool, address_of(mapped), 3 * 4096) == TENON_OK, "whole");
  bool new_enough = madvise(mapped, 4096, 22) == 0;
  CHECK(ftruncate(fileno(file), 4096) == 0, "truncate");
  if (new_enough) {
    int32_t status = tenon_populate(pool, address_of(mapped), 3 * 4096);
    CHECK(status == EFAULT, "%s", tenon_error(status));
  }
  munmap(mapped, 3 * 4096);
  fclose(file);
}

}  // namespace

void test_memory() {
  TestPool pool(2);
  test_allocation(pool.handle(), 0);
  test_allocation(pool.handle(), 1);
  test_equality(pool.handle());
  test_shrunk_file(pool.handle());
  int64_t address;
  CHECK(tenon_allocate(pool.handle(), 0, 0, &address) == TENON_E_ARGUMENT, "nothing");
  CHECK(tenon_populate(pool.handle(), 0, 1) == TENON_E_ARGUMENT, "null");
}
