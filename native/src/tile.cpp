#include "tile.h"

#include <string.h>

namespace tenon {
namespace {

constexpr int64_t kSide = 64;

template <class T>
void gather(const char* from, int64_t step, int64_t count, char* out) {
  for (int64_t i = 0; i < count; i++) memcpy(out + i * sizeof(T), from + i * step, sizeof(T));
}

void gather(int64_t size, const char* from, int64_t step, int64_t count, char* out) {
  switch (size) {
    case 1:
      return gather<uint8_t>(from, step, count, out);
    case 2:
      return gather<uint16_t>(from, step, count, out);
    case 4:
      return gather<uint32_t>(from, step, count, out);
    default:
      return gather<uint64_t>(from, step, count, out);
  }
}

// tile: rows of kSide elements, of which each column becomes a run of the target's rows.
template <class T>
void scatter(const char* tile, const Target& to, int64_t rows, int64_t columns) {
  const T* in = reinterpret_cast<const T*>(tile);
  for (int64_t column = 0; column < columns; column++) {
    char* out = to.first + column * to.step;
    for (int64_t row = 0; row < rows; row++) {
      memcpy(out + row * to.pitch, in + row * kSide + column, sizeof(T));
    }
  }
}

void scatter(int64_t size, const char* tile, const Target& to, int64_t rows, int64_t columns) {
  switch (size) {
    case 1:
      return scatter<uint8_t>(tile, to, rows, columns);
    case 2:
      return scatter<uint16_t>(tile, to, rows, columns);
    case 4:
      return scatter<uint32_t>(tile, to, rows, columns);
    default:
      return scatter<uint64_t>(tile, to, rows, columns);
  }
}

void convert_row(const Kernels& kernels, const Types& types, const char* from, char* to,
                 int64_t count) {
  if (types.from == types.to) {
    memcpy(to, from, static_cast<size_t>(count * types.size));
  } else {
    kernels.convert(types.from, types.to, from, to, static_cast<uint64_t>(count));
  }
}

}  // namespace

void place_rows(const Kernels& kernels, const Types& types, const Grid& from, const Target& to,
                int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++) {
    convert_row(kernels, types, from.first + row * from.pitch, to.first + row * to.pitch, columns);
  }
}

void place_tiles(const Kernels& kernels, const Types& types, const Grid& from, const Target& to,
                 int64_t rows, int64_t columns) {
  alignas(64) char tile[kSide * kSide * 8];
  alignas(64) char loose[kSide * 8];
  for (int64_t top = 0; top < rows; top += kSide) {
    const int64_t tall = rows - top < kSide ? rows - top : kSide;
    for (int64_t left = 0; left < columns; left += kSide) {
      const int64_t wide = columns - left < kSide ? columns - left : kSide;
      for (int64_t row = 0; row < tall; row++) {
        const char* in = from.first + (top + row) * from.pitch + left * from.step;
        if (from.step != types.size) {
          gather(types.size, in, from.step, wide, loose);
          in = loose;
        }
        convert_row(kernels, types, in, tile + row * kSide * types.to_size, wide);
      }
      const Target corner = {to.first + top * to.pitch + left * to.step, to.pitch, to.step};
      scatter(types.to_size, tile, corner, tall, wide);
    }
  }
}

}  // namespace tenon
