#include "box.h"

#include "pool.h"

namespace tenon {
namespace {

constexpr int64_t kBytes = static_cast<int64_t>(kPieceBytes);
// Bytes. A read of a few thousand costs more than reading on, and no page more is read where less than
// a page lies between two. What has to be computed before it is read past is dearer.
constexpr int64_t kShortRow = 8192, kShortComputedRow = 256;
constexpr int64_t kShortGap = 4096;
constexpr int64_t kTransposedRows = 64;  // a cache line of the narrowest elements

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
int64_t parts(int64_t whole, int64_t part) { return whole / part + (whole % part != 0); }

bool is_known(const tenon_move_item& item) {
  if (item.from < TENON_BYTES || item.from > TENON_F8_E8M0) return false;
  if (item.from == TENON_BYTES) {
    bool whole = item.size == 1 || item.size == 2 || item.size == 4 || item.size == 8;
    return item.to == TENON_BYTES && whole;
  }
  return item.size == size_of(item.from, 0) &&
         (item.to == item.from || (item.to >= TENON_F32 && item.to <= TENON_F64));
}

// Whether all of one side lies within bounds.
bool fits(int64_t start, const tenon_axis* axes, bool source) {
  int64_t last = start;
  for (int i = 0; i < 3; i++) {
    int64_t step = source ? axes[i].source : axes[i].destination, way;
    if (step < 0 || __builtin_mul_overflow(axes[i].count - 1, step, &way) ||
        __builtin_add_overflow(last, way, &last)) {
      return false;
    }
  }
  return last <= INT64_MAX / 2;
}

}  // namespace

int64_t size_of(int64_t dtype, int64_t size) {
  switch (dtype) {
    case TENON_BYTES:
      return size;
    case TENON_F32:
      return 4;
    case TENON_F64:
      return 8;
    case TENON_BF16:
    case TENON_F16:
      return 2;
    default:
      return 1;
  }
}

bool is_sound(const tenon_move_item& item, bool from_file) {
  if (!is_known(item) || item.source < 0) return false;
  int64_t elements = 1;
  for (const tenon_axis& axis : item.axes) {
    if (axis.count < 0) return false;
    if (axis.count == 0) return true;
    if (__builtin_mul_overflow(elements, axis.count, &elements)) return false;
  }
  return elements <= INT64_MAX / 16 && item.destination != 0 && (from_file || item.source != 0) &&
         fits(item.source, item.axes, true) &&
         fits(item.destination < 0 ? 0 : item.destination, item.axes, false);
}

Cut::Cut(const tenon_move_item& item, bool computed) {
  const tenon_axis &planes = item.axes[0], &rows = item.axes[1], &columns = item.axes[2];
  tall = wide = down = across = tasks = 0;
  dense_source = columns.count == 1 || columns.source == item.size;
  dense_destination = columns.count == 1 || columns.destination == size_of(item.to, item.size);
  by_span = false;
  if (planes.count == 0 || rows.count == 0 || columns.count == 0) return;
  // What an element takes of a buffer, with what lies between it and its neighbour.
  const int64_t step = dense_source ? item.size : most(item.size, columns.source);
  const int64_t room = most(1, kBytes / step);
  if (dense_destination) {
    wide = least(columns.count, room);
    tall = wide < columns.count ? 1 : least(rows.count, most(1, room / wide));
  } else {
    tall = least(rows.count, most(kTransposedRows, room / columns.count));
    tall = least(tall, room);
    wide = least(columns.count, most(1, room / tall));
  }
  const int64_t row = (wide - 1) * step + item.size;
  by_span = tall > 1 && row < (computed ? kShortComputedRow : kShortRow) && rows.source >= row &&
            rows.source - row < kShortGap;
  if (by_span) tall = least(tall, kBytes / rows.source);
  down = parts(rows.count, tall);
  across = parts(columns.count, wide);
  tasks = planes.count * down * across;
}

Part::Part(const tenon_move_item& item, const Cut& cut, int64_t number) {
  const int64_t column = number % cut.across * cut.wide;
  const int64_t row = number / cut.across % cut.down * cut.tall;
  const int64_t at[] = {number / cut.across / cut.down, row, column};
  source = item.source;
  destination = item.destination;
  for (int i = 0; i < 3; i++) {
    source += at[i] * item.axes[i].source;
    destination += at[i] * item.axes[i].destination;
  }
  rows = least(cut.tall, item.axes[1].count - row);
  columns = least(cut.wide, item.axes[2].count - column);
}

}  // namespace tenon
