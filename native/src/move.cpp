// A batch of boxes read, copied or unpacked, converted on the way, cut into parts that stay in cache.
#include <errno.h>
#include <stdlib.h>

#include "box.h"
#include "file.h"
#include "float_mode.h"
#include "formula.h"
#include "pool.h"
#include "tenon.h"
#include "tile.h"

namespace tenon {
namespace {

struct Batch {
  Pool* pool;
  const tenon_move_item* items;
  int64_t count;
  int64_t* ends;  // of each item, in tasks of all items laid end to end
  int file;       // negative: the sources are addresses
  const tenon_formula* formula;  // not null: of values that it makes
  int64_t failed;
};

int64_t item_of(const Batch& batch, int64_t task) {
  int64_t low = 0, high = batch.count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (batch.ends[middle] <= task) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void place(const Batch& batch, const tenon_move_item& item, const Cut& cut, const Part& part,
           const Grid& from) {
  const int64_t to_size = size_of(item.to, item.size);
  const Types types = {static_cast<int32_t>(item.from), static_cast<int32_t>(item.to), item.size,
                       to_size};
  const Target to = {reinterpret_cast<char*>(part.destination), item.axes[1].destination,
                     item.axes[2].count == 1 ? to_size : item.axes[2].destination};
  DefaultFloatMode mode;
  if (cut.dense_source && cut.dense_destination) {
    place_rows(*batch.pool->kernels, types, from, to, part.rows, part.columns);
  } else {
    place_tiles(*batch.pool->kernels, types, from, to, part.rows, part.columns);
  }
}

// Each row where it belongs, if there is nothing to do to it on the way.
int32_t read_rows(const Batch& batch, const tenon_move_item& item, const Part& part) {
  int32_t status = TENON_OK;
  for (int64_t row = 0; row < part.rows && status == TENON_OK; row++) {
    char* to = reinterpret_cast<char*>(part.destination) + row * item.axes[1].destination;
    status = read_fully(batch.file, part.source + row * item.axes[1].source,
                        part.columns * item.size, to);
  }
  return status;
}

int32_t fetch(const Batch& batch, int64_t source, int64_t bytes, unsigned char* to) {
  if (batch.formula == nullptr) return read_fully(batch.file, source, bytes, to);
  DefaultFloatMode mode;
  batch.pool->kernels->unpack(*batch.formula, source / 4, bytes / 4, reinterpret_cast<float*>(to));
  return TENON_OK;
}

int32_t fetch_and_place(const Batch& batch, const tenon_move_item& item, const Cut& cut,
                       const Part& part) {
  ScratchLoan scratch(batch.pool);
  if (scratch.data() == nullptr) return ENOMEM;
  const int64_t step = cut.dense_source ? item.size : item.axes[2].source;
  const int64_t row_bytes = (part.columns - 1) * step + item.size;
  const int64_t pitch = cut.by_span ? item.axes[1].source : row_bytes;
  int64_t reads = cut.by_span ? 1 : part.rows;
  int64_t bytes = cut.by_span ? (part.rows - 1) * pitch + row_bytes : row_bytes;
  for (int64_t read = 0; read < reads; read++) {
    int32_t status = fetch(batch, part.source + read * item.axes[1].source, bytes,
                           scratch.data() + read * pitch);
    if (status != TENON_OK) return status;
  }
  place(batch, item, cut, part, {reinterpret_cast<const char*>(scratch.data()), pitch, step});
  return TENON_OK;
}

int32_t move_task(void* context, int64_t task) {
  Batch& batch = *static_cast<Batch*>(context);
  int64_t index = item_of(batch, task);
  const tenon_move_item& item = batch.items[index];
  const Cut cut(item, batch.formula != nullptr);
  const Part part(item, cut, index == 0 ? task : task - batch.ends[index - 1]);
  if (batch.file < 0 && batch.formula == nullptr) {
    const int64_t step = cut.dense_source ? item.size : item.axes[2].source;
    place(batch, item, cut, part,
          {reinterpret_cast<const char*>(part.source), item.axes[1].source, step});
    return TENON_OK;
  }
  bool as_is = batch.formula == nullptr && item.from == item.to && cut.dense_source && cut.dense_destination && !cut.by_span;
  int32_t status =
      as_is ? read_rows(batch, item, part) : fetch_and_place(batch, item, cut, part);
  if (status != TENON_OK) __atomic_store_n(&batch.failed, index, __ATOMIC_RELAXED);
  return status;
}

// Sees whether all items can be carried out before any of them is.
int32_t carry_out(Batch& batch, int64_t* failed) {
  *failed = -1;
  if (batch.count == 0) return TENON_OK;
  batch.ends = static_cast<int64_t*>(malloc(static_cast<size_t>(batch.count) * sizeof(int64_t)));
  if (batch.ends == nullptr) return ENOMEM;
  int64_t tasks = 0;
  for (int64_t i = 0; i < batch.count; i++) {
    const tenon_move_item& item = batch.items[i];
    if (!is_sound(item, batch.file >= 0 || batch.formula != nullptr) ||
        (batch.formula != nullptr && !is_within(*batch.formula, item))) {
      *failed = i;
      free(batch.ends);
      return TENON_E_ARGUMENT;
    }
    tasks += Cut(item, batch.formula != nullptr).tasks;
    batch.ends[i] = tasks;
  }
  int32_t status = run(batch.pool, tasks, move_task, &batch);
  *failed = batch.failed;
  free(batch.ends);
  return status;
}

}  // namespace
}  // namespace tenon

int32_t tenon_move(int64_t handle, int64_t file, const tenon_move_item* items, int64_t count,
                   int64_t* failed) {
  tenon::Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || count < 0 || (items == nullptr && count > 0) || failed == nullptr) {
    return TENON_E_ARGUMENT;
  }
  int descriptor = file < 0 ? -1 : static_cast<int>(file);
  tenon::Batch batch = {pool, items, count, nullptr, descriptor, nullptr, -1};
  return tenon::carry_out(batch, failed);
}

int32_t tenon_unpack(int64_t handle, const tenon_formula* formula, const tenon_move_item* items,
                     int64_t count, int64_t* failed) {
  tenon::Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || count < 0 || (items == nullptr && count > 0) || failed == nullptr) {
    return TENON_E_ARGUMENT;
  }
  *failed = -1;
  if (formula == nullptr || !tenon::is_sound(*formula)) return TENON_E_ARGUMENT;
  tenon::Batch batch = {pool, items, count, nullptr, -1, formula, -1};
  return tenon::carry_out(batch, failed);
}
