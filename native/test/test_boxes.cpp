#include <string.h>
#include <unistd.h>

#include "check.h"

namespace {

constexpr int64_t kSource = 6 << 20;

// What a box should give, an element at a time; each element converted by a run of one.
void expect(int64_t pool, const unsigned char* in, unsigned char* out, const tenon_move_item& item) {
  int64_t to_size = item.to == TENON_BYTES ? item.size : bytes_of(item.to);
  int64_t failed;
  for (int64_t i = 0; i < item.axes[0].count; i++) {
    for (int64_t j = 0; j < item.axes[1].count; j++) {
      for (int64_t k = 0; k < item.axes[2].count; k++) {
        const unsigned char* from = in + item.source;
        unsigned char* to = out + item.destination;
        const int64_t at[] = {i, j, k};
        for (int axis = 0; axis < 3; axis++) {
          from += at[axis] * item.axes[axis].source;
          to += at[axis] * item.axes[axis].destination;
        }
        if (item.from == item.to) {
          memcpy(to, from, static_cast<size_t>(to_size));
        } else {
          tenon_move_item one = run_of(address_of(from), address_of(to), 1, item.from, item.to);
          CHECK(tenon_move(pool, -1, &one, 1, &failed) == TENON_OK, "one element");
        }
      }
    }
  }
}

// A box of a tensor of these sizes, elements of a row step apart, into a packed one whose axes are in
// another order or not.
tenon_move_item box(TestRandom& random, const int64_t* counts, int64_t from, int64_t to,
                    int64_t size, int64_t step, bool transposed, bool converts) {
  int64_t to_size = converts ? bytes_of(to) : size;
  int64_t wide = counts[2] * step + random.below(3);
  int64_t tall = counts[1] + random.below(3);
  tenon_move_item item = {random.below(50), random.below(50), from, to, size, {}};
  const int64_t sources[] = {tall * wide * size, wide * size, step * size};
  const int64_t rows = transposed ? to_size : (counts[2] + random.below(2)) * to_size;
  const int64_t columns = transposed ? (counts[1] + random.below(2)) * to_size : to_size;
  const int64_t plane = (counts[1] + 2) * (counts[2] + 2) * to_size;
  const int64_t destinations[] = {plane, rows, columns};
  for (int axis = 0; axis < 3; axis++) {
    item.axes[axis] = {counts[axis], sources[axis], destinations[axis]};
  }
  return item;
}

int64_t end_of(const tenon_move_item& item, bool source) {
  int64_t end = (source ? item.source : item.destination) + 8;
  for (const tenon_axis& axis : item.axes) {
    end += (axis.count - 1) * (source ? axis.source : axis.destination);
  }
  return end;
}

void compare(int64_t pool, int file, const std::vector<unsigned char>& in,
             const tenon_move_item& item) {
  CHECK(end_of(item, true) <= kSource, "the box is in the source");
  const size_t room = static_cast<size_t>(end_of(item, false)) + 64;
  std::vector<unsigned char> wanted(room, 0x5a), copied(room, 0x5a), read(room, 0x5a);
  expect(pool, in.data(), wanted.data(), item);
  int64_t failed;
  tenon_move_item there = item;
  there.destination += address_of(read.data());
  CHECK(tenon_move(pool, file, &there, 1, &failed) == TENON_OK, "read");
  CHECK(read == wanted, "read: from=%ld to=%ld %ld x %ld x %ld step=%ld",
        static_cast<long>(item.from), static_cast<long>(item.to),
        static_cast<long>(item.axes[0].count), static_cast<long>(item.axes[1].count),
        static_cast<long>(item.axes[2].count), static_cast<long>(item.axes[2].source));
  there = item;
  there.source += address_of(in.data());
  there.destination += address_of(copied.data());
  CHECK(tenon_move(pool, -1, &there, 1, &failed) == TENON_OK, "copy");
  CHECK(copied == wanted, "copied");
}

void test_shapes(int64_t pool, int file, const std::vector<unsigned char>& in) {
  const int64_t shapes[][3] = {{1, 1, 1},   {1, 7, 5},     {3, 2, 9},      {2, 130, 67},
                               {1, 3, 700}, {1, 700, 3},   {1, 300, 1500}, {1, 1, 400000},
                               {4, 65, 64}, {1, 2000, 40}, {1, 1, 0}};
  const struct {
    int64_t from, to, size;
  } types[] = {{TENON_BYTES, TENON_BYTES, 1}, {TENON_BYTES, TENON_BYTES, 2},
               {TENON_BYTES, TENON_BYTES, 4}, {TENON_BYTES, TENON_BYTES, 8},
               {TENON_BF16, TENON_F32, 2},    {TENON_F32, TENON_F16, 4},
               {TENON_F8_E4M3, TENON_F64, 1}, {TENON_F16, TENON_F16, 2}};
  TestRandom random(11);
  for (const auto& shape : shapes) {
    for (const auto& type : types) {
      for (int64_t step = 1; step <= 3; step += 2) {
        if (shape[0] * shape[1] * (shape[2] + 3) * step * type.size * 2 > kSource) continue;
        for (int transposed = 0; transposed < 2; transposed++) {
          compare(pool, file, in,
                  box(random, shape, type.from, type.to, type.size, step, transposed != 0,
                      type.from != type.to));
        }
      }
    }
  }
}

void test_refusals(int64_t pool, const std::vector<unsigned char>& in) {
  std::vector<unsigned char> out(1 << 10);
  const tenon_move_item good = run_of(address_of(in.data()), address_of(out.data()), 4, TENON_F32,
                                      TENON_F32);
  for (int fault = 0; fault < 8; fault++) {
    tenon_move_item bad = good;
    if (fault == 0) bad.axes[1].count = -1;
    if (fault == 1) bad.axes[1] = {INT64_MAX / 2, 0, 0};
    if (fault == 2) bad.axes[1] = {3, INT64_MAX / 2, 0};
    if (fault == 3) bad.axes[0] = {3, 0, -4};
    if (fault == 4) bad.size = 2;
    if (fault == 5) bad.from = bad.to = TENON_BYTES, bad.size = 3;
    if (fault == 6) bad.destination = 0;
    if (fault == 7) bad.from = TENON_BYTES;
    int64_t failed = -1;
    CHECK(tenon_move(pool, -1, &bad, 1, &failed) == TENON_E_ARGUMENT && failed == 0, "fault=%d",
          fault);
  }
}

}  // namespace

void test_boxes() {
  TestRandom random(7);
  std::vector<unsigned char> in(kSource);
  for (unsigned char& byte : in) byte = static_cast<unsigned char>(random.next());
  const char* folder = getenv("TMPDIR");
  char path[512];
  snprintf(path, sizeof path, "%s/tenon-test-XXXXXX", folder == nullptr ? "/tmp" : folder);
  int file = mkstemp(path);
  CHECK(file >= 0 && unlink(path) == 0, "%s", path);
  CHECK(write(file, in.data(), in.size()) == kSource, "write");
  for (int32_t threads = 1; threads <= 3; threads += 2) {
    TestPool pool(threads);
    test_shapes(pool.handle(), file, in);
    test_refusals(pool.handle(), in);
  }
  close(file);
}
