// A batch of reads or copies, converted on the way, cut into pieces that stay in cache.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "float_mode.h"
#include "pool.h"
#include "tenon.h"

namespace tenon {
namespace {

int64_t bytes_of(int64_t dtype) {
  switch (dtype) {
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

struct Batch {
  Pool* pool;
  const tenon_move_item* items;
  int64_t count;
  int64_t* ends;  // of each item, in pieces of all items laid end to end
  int file;       // negative: the sources are addresses
  int64_t failed;
};

bool is_sound(const tenon_move_item& item, bool from_file) {
  bool known = item.from >= TENON_BYTES && item.from <= TENON_F8_E8M0;
  bool writable = item.to == item.from ||
                  (item.from != TENON_BYTES && item.to >= TENON_F32 && item.to <= TENON_F64);
  bool here = item.length == 0 || (item.destination != 0 && (from_file || item.source != 0));
  return known && writable && here && item.length >= 0 && item.length <= INT64_MAX / 16 &&
         item.source >= 0 && item.source <= INT64_MAX / 2;
}

int64_t pieces_of(const tenon_move_item& item) {
  constexpr int64_t piece = kPieceBytes;
  return (item.length * bytes_of(item.from) + piece - 1) / piece;
}

int64_t item_of(const Batch& batch, int64_t piece) {
  int64_t low = 0, high = batch.count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (batch.ends[middle] <= piece) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

struct Piece {
  int64_t source;
  char* to;
  int64_t elements;
  int64_t bytes;  // of the source
};

Piece piece_of(const tenon_move_item& item, int64_t number) {
  const int64_t from = bytes_of(item.from);
  const int64_t whole = static_cast<int64_t>(kPieceBytes) / from;
  const int64_t first = number * whole;
  const int64_t elements = item.length - first < whole ? item.length - first : whole;
  char* to = reinterpret_cast<char*>(item.destination) + first * bytes_of(item.to);
  return {item.source + first * from, to, elements, elements * from};
}

void place(const Batch& batch, const tenon_move_item& item, const Piece& piece, const void* data) {
  if (item.from == item.to) {
    memcpy(piece.to, data, static_cast<size_t>(piece.bytes));
  } else {
    DefaultFloatMode mode;
    batch.pool->kernels->convert(static_cast<int32_t>(item.from), static_cast<int32_t>(item.to),
                                 data, piece.to, static_cast<uint64_t>(piece.elements));
  }
}

int32_t read_piece(const Batch& batch, const tenon_move_item& item, const Piece& piece) {
  if (item.from == item.to) {
    return read_fully(batch.file, piece.source, piece.bytes, piece.to);
  }
  ScratchLoan scratch(batch.pool);
  if (scratch.data() == nullptr) return ENOMEM;
  int32_t status = read_fully(batch.file, piece.source, piece.bytes, scratch.data());
  if (status == TENON_OK) place(batch, item, piece, scratch.data());
  return status;
}

int32_t move_task(void* context, int64_t task) {
  Batch& batch = *static_cast<Batch*>(context);
  int64_t index = item_of(batch, task);
  const tenon_move_item& item = batch.items[index];
  Piece piece = piece_of(item, index == 0 ? task : task - batch.ends[index - 1]);
  if (batch.file < 0) {
    place(batch, item, piece, reinterpret_cast<const void*>(piece.source));
    return TENON_OK;
  }
  int32_t status = read_piece(batch, item, piece);
  if (status != TENON_OK) __atomic_store_n(&batch.failed, index, __ATOMIC_RELAXED);
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
  *failed = -1;
  if (count == 0) return TENON_OK;
  int64_t* ends = static_cast<int64_t*>(malloc(static_cast<size_t>(count) * sizeof(int64_t)));
  if (ends == nullptr) return ENOMEM;
  int64_t pieces = 0;
  for (int64_t i = 0; i < count; i++) {
    if (!tenon::is_sound(items[i], file >= 0)) {
      *failed = i;
      free(ends);
      return TENON_E_ARGUMENT;
    }
    pieces += tenon::pieces_of(items[i]);
    ends[i] = pieces;
  }
  int descriptor = file < 0 ? -1 : static_cast<int>(file);
  tenon::Batch batch = {pool, items, count, ends, descriptor, -1};
  int32_t status = tenon::run(pool, pieces, tenon::move_task, &batch);
  *failed = batch.failed;
  free(ends);
  return status;
}
