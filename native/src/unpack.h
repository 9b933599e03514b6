// Codes of a few bits made float32: taken apart, looked up, scaled. Plain loops, which the compiler
// makes vectors of: without contraction each instruction set rounds alike.
#pragma once

#include <stdint.h>
#include <string.h>

#include "ggml.h"
#include "tenon.h"

namespace tenon {
namespace {

constexpr int64_t kRun = 1024;  // values at a time

inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

template <class T>
const T* at(int64_t address) {
  return reinterpret_cast<const T*>(address);
}

inline uint32_t word(const uint8_t* bytes) {
  uint32_t x;
  memcpy(&x, bytes, sizeof x);
  return x;
}

// Which 4 bits of a row a column is.
inline int64_t nibble(int64_t order, int64_t column) {
  switch (order) {
    case TENON_HIGH_FIRST:
      return column ^ 1;
    case TENON_AWQ: {
      const int64_t lane = column & 7;
      return column - lane + (lane >> 1) + (lane & 1) * 4;
    }
    default: {
      const int64_t place = column & 31;
      return column - place + 2 * (place & 15) + (place >> 4);
    }
  }
}

inline void codes_along(const tenon_formula& f, int64_t row, int64_t column, int64_t n,
                        uint8_t* out) {
  const uint8_t* in = at<uint8_t>(f.codes) + row * f.pitch;
  if (f.bits == 8) {
    memcpy(out, in + column, static_cast<size_t>(n));
  } else if (f.order != TENON_IN_ORDER) {
    for (int64_t i = 0; i < n; i++) {
      const int64_t place = nibble(f.order, column + i);
      out[i] = static_cast<uint8_t>(in[place >> 1] >> (4 * (place & 1)) & 15);
    }
  } else if (f.bits == 4 && (column & 1) == 0) {
    in += column >> 1;
    for (int64_t i = 0; i < n >> 1; i++) {
      out[2 * i] = in[i] & 15;
      out[2 * i + 1] = static_cast<uint8_t>(in[i] >> 4);
    }
    if ((n & 1) != 0) out[n - 1] = in[n >> 1] & 15;
  } else {
    const uint32_t mask = (1u << f.bits) - 1;
    int64_t bit = column * f.bits;
    for (int64_t i = 0; i < n; i++, bit += f.bits) {
      uint32_t x = in[bit >> 3];
      if ((bit & 7) + f.bits > 8) x |= static_cast<uint32_t>(in[(bit >> 3) + 1]) << 8;
      out[i] = static_cast<uint8_t>(x >> (bit & 7) & mask);
    }
  }
}

inline void codes_down(const tenon_formula& f, int64_t row, int64_t column, int64_t n,
                       uint8_t* out) {
  const int64_t bit = row * f.bits;
  const int64_t shift = bit & 31;
  const uint32_t mask = (1u << f.bits) - 1;
  const uint8_t* in = at<uint8_t>(f.codes) + (bit >> 5) * f.pitch + 4 * column;
  if (shift + f.bits <= 32) {
    for (int64_t i = 0; i < n; i++) {
      out[i] = static_cast<uint8_t>(word(in + 4 * i) >> shift & mask);
    }
  } else {
    for (int64_t i = 0; i < n; i++) {
      const uint32_t low = word(in + 4 * i) >> shift;
      out[i] = static_cast<uint8_t>((low | word(in + f.pitch + 4 * i) << (32 - shift)) & mask);
    }
  }
}

inline void codes_of_fields(const tenon_formula& f, int64_t row, int64_t column, int64_t n,
                            uint8_t* out) {
  const int64_t shift = f.first_shift + row / f.stored * f.shift;
  const uint32_t mask = (1u << f.bits) - 1;
  const uint8_t* in = at<uint8_t>(f.codes) + row % f.stored * f.pitch + column * f.unit;
  if (f.unit == 1) {
    for (int64_t i = 0; i < n; i++) out[i] = static_cast<uint8_t>(in[i] >> shift & mask);
  } else {
    for (int64_t i = 0; i < n; i++) out[i] = static_cast<uint8_t>(word(in + 4 * i) >> shift & mask);
  }
}

// The sum of the vectors that the codes name, one of each book, in the order of the books.
inline void sums_of_books(const tenon_formula& f, int64_t row, int64_t column, int64_t n,
                          float* out) {
  const float* books = at<float>(f.table);
  const int64_t book = (static_cast<int64_t>(1) << f.bits) * f.vector;
  const int64_t mask = (static_cast<int64_t>(1) << f.bits) - 1;
  for (int64_t i = 0; i < n; i++) {
    const int64_t group = (column + i) / f.vector, place = (column + i) % f.vector;
    const uint8_t* in = at<uint8_t>(f.codes) + row * f.pitch + group * f.books * f.unit;
    for (int64_t k = 0; k < f.books; k++) {
      uint16_t code = 0;
      memcpy(&code, in + k * f.unit, static_cast<size_t>(f.unit));
      const float value = books[k * book + (code & mask) * f.vector + place];
      out[i] = k == 0 ? value : out[i] + value;
    }
  }
}

template <class Simd, class Table>
void look_up(const Table& quick, const float* table, const uint8_t* codes, int64_t n, float* out) {
  constexpr int64_t lanes = Simd::kLanes;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) Simd::store_float32(out + i, Simd::look_up(quick, codes + i));
  for (; i < n; i++) out[i] = table[codes[i]];
}

// bits: of a code, so that the table has 2^bits entries.
template <class Simd>
void look_up(const float* table, int64_t bits, const uint8_t* codes, int64_t n, float* out) {
  if (bits > 4) return look_up<Simd>(table, table, codes, n, out);
  float sixteen[16] = {};
  memcpy(sixteen, table, sizeof(float) << bits);
  look_up<Simd>(Simd::sixteen(sixteen), table, codes, n, out);
}

template <int kOperation>
float apply(float v, float s, float z) {
  switch (kOperation) {
    case TENON_SCALE:
      return v * s;
    case TENON_DIVIDE:
      return v / s;
    case TENON_MINUS_SCALE:
      return (v - z) * s;
    case TENON_SCALE_PLUS:
      return v * s + z;
    default:
      return v * s - z;
  }
}

template <int kOperation>
void combine(const tenon_formula& f, int64_t row, int64_t column, int64_t n, float* out) {
  const int32_t* by_row = at<int32_t>(f.row_index);
  const int32_t* by_column = at<int32_t>(f.column_index);
  const int64_t line = (by_row != nullptr ? by_row[row] : row / f.block_rows) * f.grid_columns;
  const float* s = at<float>(f.scales) + line;
  // Without zeros any number will do.
  const float* z = f.zeros == 0 ? s : at<float>(f.zeros) + line;
  if (by_column != nullptr) {
    for (int64_t i = 0; i < n; i++) {
      const int32_t g = by_column[column + i];
      out[i] = apply<kOperation>(out[i], s[g], z[g]);
    }
  } else if (f.block_columns == 1) {
    s += column;
    z += column;
    for (int64_t i = 0; i < n; i++) out[i] = apply<kOperation>(out[i], s[i], z[i]);
  } else {
    for (int64_t i = 0; i < n;) {
      const int64_t g = (column + i) / f.block_columns;
      const int64_t end = lesser(n, (g + 1) * f.block_columns - column);
      const float scale = s[g], zero = z[g];
      for (; i < end; i++) out[i] = apply<kOperation>(out[i], scale, zero);
    }
  }
}

inline void combine_any(const tenon_formula& f, int64_t row, int64_t column, int64_t n,
                        float* out) {
  switch (f.operation) {
    case TENON_AS_IT_IS:
      return;
    case TENON_SCALE:
      return combine<TENON_SCALE>(f, row, column, n, out);
    case TENON_DIVIDE:
      return combine<TENON_DIVIDE>(f, row, column, n, out);
    case TENON_MINUS_SCALE:
      return combine<TENON_MINUS_SCALE>(f, row, column, n, out);
    case TENON_SCALE_PLUS:
      return combine<TENON_SCALE_PLUS>(f, row, column, n, out);
    default:
      return combine<TENON_SCALE_MINUS>(f, row, column, n, out);
  }
}

// The row of blocks that holds a row of the weight: of each head, rows of its two halves may be in turn.
inline int64_t stored_row(const tenon_formula& f, int64_t row) {
  if (f.stored == 0) return row;
  const int64_t half = f.stored / 2, in_head = row % f.stored;
  return row - in_head + in_head % half * 2 + in_head / half;
}

inline void blocks(const tenon_formula& f, int64_t row, int64_t column, int64_t n, float* out) {
  const GgmlBlock block = ggml_block(f.unit);
  const uint8_t* in = at<uint8_t>(f.codes) + stored_row(f, row) * f.pitch;
  in += column / block.elements * block.bytes;
  if (block.elements == 1) return unpack_plain(f.unit, in, n, out);
  for (int64_t skip = column % block.elements; n > 0; skip = 0, in += block.bytes) {
    const int64_t some = lesser(n, block.elements - skip);
    if (some == block.elements) {
      unpack_block(f.unit, in, out);
    } else {
      float whole[kMostOfBlock];
      unpack_block(f.unit, in, whole);
      memcpy(out, whole + skip, sizeof(float) * static_cast<size_t>(some));
    }
    out += some;
    n -= some;
  }
}

template <class Simd>
void unpack_run(const tenon_formula& f, int64_t row, int64_t column, int64_t n, float* out) {
  if (f.layout == TENON_BOOKS) {
    sums_of_books(f, row, column, n, out);
  } else if (f.layout == TENON_GGML) {
    blocks(f, row, column, n, out);
  } else {
    uint8_t codes[kRun];
    if (f.layout == TENON_ALONG) {
      codes_along(f, row, column, n, codes);
    } else if (f.layout == TENON_DOWN) {
      codes_down(f, row, column, n, codes);
    } else {
      codes_of_fields(f, row, column, n, codes);
    }
    look_up<Simd>(at<float>(f.table), f.bits, codes, n, out);
  }
  combine_any(f, row, column, n, out);
  if (f.factor != 1) {
    const float factor = static_cast<float>(f.factor);
    for (int64_t i = 0; i < n; i++) out[i] *= factor;
  }
}

template <class Simd>
void unpack(const tenon_formula& f, int64_t first, int64_t count, float* out) {
  int64_t row = first / f.columns, column = first % f.columns;
  while (count > 0) {
    const int64_t n = lesser(lesser(count, f.columns - column), kRun);
    unpack_run<Simd>(f, row, column, n, out);
    out += n;
    count -= n;
    column += n;
    if (column == f.columns) {
      column = 0;
      row++;
    }
  }
}

}  // namespace
}  // namespace tenon
