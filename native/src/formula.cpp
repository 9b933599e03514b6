#include "formula.h"

#include "ggml.h"

namespace tenon {
namespace {

constexpr int64_t kMost = INT64_MAX / 64;  // elements, so that their bits can be counted

int64_t parts(int64_t whole, int64_t part) { return whole / part + (whole % part != 0); }

bool is_layout_sound(const tenon_formula& f) {
  if (f.order != TENON_IN_ORDER &&
      (f.order < 0 || f.order > TENON_HALVES || f.bits != 4 || f.layout != TENON_ALONG)) {
    return false;
  }
  switch (f.layout) {
    case TENON_ALONG:
    case TENON_DOWN:
      return f.bits <= 8;
    case TENON_FIELDS: {
      if (f.bits > 8 || f.stored < 1 || (f.unit != 1 && f.unit != 4)) return false;
      const int64_t last = parts(f.rows, f.stored) - 1, top = 8 * f.unit - f.bits;
      if (last > 32 || f.shift < -32 || f.shift > 32) return false;
      const int64_t end = f.first_shift + last * f.shift;
      return f.first_shift >= 0 && f.first_shift <= top && end >= 0 && end <= top;
    }
    case TENON_BOOKS:
      return f.bits <= 16 && f.books >= 1 && f.vector >= 1 && f.columns % f.vector == 0 &&
             (f.unit == 1 || f.unit == 2) && f.bits <= 8 * f.unit;
    case TENON_GGML: {
      const GgmlBlock block = ggml_block(f.unit);
      if (block.elements == 0 || f.columns % block.elements != 0) return false;
      if (f.pitch < f.columns / block.elements * block.bytes) return false;
      return f.stored >= 0 && (f.stored == 0 || (f.stored % 2 == 0 && f.rows % f.stored == 0));
    }
    default:
      return false;
  }
}

bool is_index_sound(int64_t address, int64_t count, int64_t bound) {
  const int32_t* index = reinterpret_cast<const int32_t*>(address);
  for (int64_t i = 0; index != nullptr && i < count; i++) {
    if (index[i] < 0 || index[i] >= bound) return false;
  }
  return true;
}

bool are_grids_sound(const tenon_formula& f) {
  const bool needs_zeros = f.operation >= TENON_MINUS_SCALE;
  if (f.scales == 0 || (needs_zeros && f.zeros == 0) || f.block_rows < 1 || f.block_columns < 1) {
    return false;
  }
  return (f.row_index != 0 || parts(f.rows, f.block_rows) <= f.grid_rows) &&
         (f.column_index != 0 || parts(f.columns, f.block_columns) <= f.grid_columns) &&
         is_index_sound(f.row_index, f.rows, f.grid_rows) &&
         is_index_sound(f.column_index, f.columns, f.grid_columns);
}

}  // namespace

bool is_sound(const tenon_formula& f) {
  int64_t elements;
  if (f.codes == 0 || (f.table == 0 && f.layout != TENON_GGML) || f.rows < 1 || f.columns < 1 || f.bits < 1 || f.pitch < 0 ||
      __builtin_mul_overflow(f.rows, f.columns, &elements) || elements > kMost ||
      f.operation < TENON_AS_IT_IS || f.operation > TENON_SCALE_MINUS) {
    return false;
  }
  return is_layout_sound(f) && (f.operation == TENON_AS_IT_IS || are_grids_sound(f));
}

bool is_within(const tenon_formula& f, const tenon_move_item& item) {
  const bool copies = item.from == TENON_BYTES && item.size == 4;
  if ((item.from != TENON_F32 && !copies) || item.source % 4 != 0) return false;
  int64_t last = item.source;
  for (const tenon_axis& axis : item.axes) {
    if (axis.count == 0) return true;
    if (axis.source % 4 != 0) return false;
    last += (axis.count - 1) * axis.source;
  }
  return last / 4 < f.rows * f.columns;
}

}  // namespace tenon
