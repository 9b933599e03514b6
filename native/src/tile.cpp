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

// Sixteen bytes, which every processor here has registers of.
template <class T>
struct Sixteen {
  typedef T Type __attribute__((vector_size(16)));
};

// The lower halves of two vectors and the upper ones, an element of each in turn.
template <class T, class V>
void interleave(V& one, V& other) {
  typedef typename Sixteen<T>::Type Vector;
  const Vector a = reinterpret_cast<Vector>(one), b = reinterpret_cast<Vector>(other);
  if constexpr (sizeof(T) == 2) {
    one = reinterpret_cast<V>(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    other = reinterpret_cast<V>(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
  } else if constexpr (sizeof(T) == 4) {
    one = reinterpret_cast<V>(__builtin_shufflevector(a, b, 0, 4, 1, 5));
    other = reinterpret_cast<V>(__builtin_shufflevector(a, b, 2, 6, 3, 7));
  } else {
    one = reinterpret_cast<V>(__builtin_shufflevector(a, b, 0, 2));
    other = reinterpret_cast<V>(__builtin_shufflevector(a, b, 1, 3));
  }
}

// A square of vectors, whose rows become columns: of pairs, of pairs of pairs, and so on.
void turn(Sixteen<uint16_t>::Type (&rows)[8]) {
  for (int i = 0; i < 8; i += 2) interleave<uint16_t>(rows[i], rows[i + 1]);
  for (int i = 0; i < 8; i += 4) {
    interleave<uint32_t>(rows[i], rows[i + 2]);
    interleave<uint32_t>(rows[i + 1], rows[i + 3]);
  }
  for (int i = 0; i < 4; i++) interleave<uint64_t>(rows[i], rows[i + 4]);
}

void turn(Sixteen<uint32_t>::Type (&rows)[4]) {
  for (int i = 0; i < 4; i += 2) interleave<uint32_t>(rows[i], rows[i + 1]);
  for (int i = 0; i < 2; i++) interleave<uint64_t>(rows[i], rows[i + 2]);
}

// Where the vectors of a turned square are: interleaving leaves its columns in another order.
constexpr int kColumns16[] = {0, 4, 2, 6, 1, 5, 3, 7};
constexpr int kColumns32[] = {0, 2, 1, 3};

template <class T>
void scatter_square(const T* in, char* out, int64_t step) {
  constexpr int side = 16 / sizeof(T);
  typename Sixteen<T>::Type rows[side];
  for (int i = 0; i < side; i++) memcpy(&rows[i], in + i * kSide, sizeof rows[i]);
  turn(rows);
  for (int i = 0; i < side; i++) {
    const int at = sizeof(T) == 2 ? kColumns16[i] : kColumns32[i];
    memcpy(out + i * step, &rows[at], sizeof rows[at]);
  }
}

// tile: rows of kSide elements, of which each column becomes a run of the target's rows.
template <class T>
void scatter(const char* tile, const Target& to, int64_t rows, int64_t columns) {
  const T* in = reinterpret_cast<const T*>(tile);
  int64_t done = 0;  // columns, all of whose rows are there
  if constexpr (sizeof(T) == 2 || sizeof(T) == 4) {
    constexpr int64_t side = 16 / sizeof(T);
    if (to.pitch == sizeof(T) && rows % side == 0) {
      for (; done + side <= columns; done += side) {
        for (int64_t row = 0; row < rows; row += side) {
          scatter_square<T>(in + row * kSide + done, to.first + done * to.step + row * to.pitch,
                            to.step);
        }
      }
    }
  }
  for (int64_t column = done; column < columns; column++) {
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
