// A batch of fills, cut evenly over the pool's threads.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "far_tail.h"
#include "float_mode.h"
#include "grid.h"
#include "half.h"
#include "pool.h"
#include "prepare.h"
#include "stream.h"
#include "tenon.h"

namespace tenon {
namespace {

constexpr int64_t kLeastTask = 1 << 14;  // elements: some ten microseconds
constexpr int64_t kMostTask = 1 << 20;   // a huge page of a half type
// Small items count as this many elements, and larger ones are cut at multiples of it.
constexpr int64_t kGrain = 64;

struct Batch {
  const tenon_fill_item* items;
  int64_t count;
  int64_t* ends;  // of each item, in the elements of all items laid end to end
  int64_t task;   // elements a task
  const Kernels* kernels;
  Compress compress;
  const char* names;  // or nullptr: the items hold their streams
  uint64_t seed;
};

template <class T>
void repeat(T value, void* out, int64_t length) {
  char* to = static_cast<char*>(out);
  for (int64_t i = 0; i < length; i++)
    memcpy(to + i * static_cast<int64_t>(sizeof(T)), &value, sizeof(T));
}

void fill_constant(double value, int32_t dtype, void* out, int64_t length) {
  float narrow = static_cast<float>(value);
  switch (dtype) {
    case TENON_F32:
      return repeat(narrow, out, length);
    case TENON_BF16:
      return repeat(bfloat16_of(narrow), out, length);
    case TENON_F16:
      return repeat(float16_of(narrow), out, length);
    default:
      return repeat(value, out, length);
  }
}

void fill_part(const Batch& batch, const tenon_fill_item& item, int64_t skip, int64_t length) {
  Fill fill = prepared(item);
  if (batch.names != nullptr && fill.kind != TENON_CONSTANT) {
    Stream stream = stream_of(batch.compress, batch.seed, batch.names + item.key,
                              static_cast<uint32_t>(item.stream));
    fill.key = stream.key;
    fill.stream = stream.counter_high;
  }
  char* out = reinterpret_cast<char*>(item.address) + skip * element_bytes(fill.dtype);
  uint64_t start = static_cast<uint64_t>(item.start + skip);
  if (fill.kind == TENON_CONSTANT) {
    fill_constant(fill.a, fill.dtype, out, length);
  } else if (fill.kind == kFarTail) {
    fill_far_tail(fill, start, static_cast<uint64_t>(length), out);
  } else {
    batch.kernels->fill(fill, start, static_cast<uint64_t>(length), out);
  }
}

// The first item that ends beyond a place.
int64_t item_at(const Batch& batch, int64_t place) {
  int64_t low = 0, high = batch.count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (batch.ends[middle] <= place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

int32_t fill_task(void* context, int64_t task) {
  const Batch& batch = *static_cast<const Batch*>(context);
  DefaultFloatMode mode;
  int64_t from = task * batch.task, to = from + batch.task;
  for (int64_t i = item_at(batch, from); i < batch.count; i++) {
    int64_t begin = i == 0 ? 0 : batch.ends[i - 1];
    if (begin >= to) break;
    const tenon_fill_item& item = batch.items[i];
    int64_t first = from > begin ? from - begin : 0;
    int64_t last = to - begin < item.length ? to - begin : item.length;
    if (first < last) fill_part(batch, item, first, last - first);
  }
  return TENON_OK;
}

}  // namespace
}  // namespace tenon

int32_t tenon_fill(int64_t handle, const tenon_fill_item* items, int64_t count, const char* names,
                   int64_t seed) {
  tenon::Pool* pool = tenon::pool_of(handle);
  if (pool == nullptr || count < 0 || (items == nullptr && count > 0)) return TENON_E_ARGUMENT;
  if (count == 0) return TENON_OK;
  int64_t* ends = static_cast<int64_t*>(malloc(static_cast<size_t>(count) * sizeof(int64_t)));
  if (ends == nullptr) return ENOMEM;
  int64_t total = 0;
  for (int64_t i = 0; i < count; i++) {
    if (!tenon::is_sound(items[i]) || total > INT64_MAX / 2 - items[i].length) {
      free(ends);
      return TENON_E_ARGUMENT;
    }
    total += (items[i].length + tenon::kGrain - 1) / tenon::kGrain * tenon::kGrain;
    ends[i] = total;
  }
  int64_t task = total / (16 * (pool->workers + 1)) / tenon::kGrain * tenon::kGrain;
  if (task < tenon::kLeastTask) task = tenon::kLeastTask;
  if (task > tenon::kMostTask) task = tenon::kMostTask;
  tenon::Batch batch = {items,         count,          ends,  task,
                        pool->kernels, pool->compress, names, static_cast<uint64_t>(seed)};
  int32_t status = tenon::run(pool, (total + task - 1) / task, tenon::fill_task, &batch);
  free(ends);
  return status;
}
