#include <math.h>
#include <string.h>

#include "check.h"

namespace {

constexpr int64_t kRows = 30, kColumns = 1120;

// Codes, a table and grids that any formula of these sizes finds enough in.
struct Data {
  explicit Data(TestRandom& random)
      : codes(kRows * kColumns * 4), table(1 << 12), scales(1 << 16), zeros(1 << 16), index(kColumns) {
    for (unsigned char& byte : codes) byte = static_cast<unsigned char>(random.next());
    for (float& x : table) x = number(random);
    for (float& x : scales) x = number(random);
    for (float& x : zeros) x = number(random);
    for (int32_t& x : index) x = static_cast<int32_t>(random.below(5));
  }
  static float number(TestRandom& random) {
    return static_cast<float>(random.below(1 << 20) - (1 << 19)) / 4096.0f;
  }
  std::vector<unsigned char> codes;
  std::vector<float> table, scales, zeros;
  std::vector<int32_t> index;
};

tenon_formula formula(const Data& data, int64_t layout, int64_t bits, int64_t order) {
  tenon_formula f = {};
  f.codes = address_of(data.codes.data());
  f.rows = kRows;
  f.columns = kColumns;
  f.layout = layout;
  f.bits = bits;
  f.order = order;
  f.table = address_of(data.table.data());
  f.scales = address_of(data.scales.data());
  f.zeros = address_of(data.zeros.data());
  f.block_rows = 1;
  f.block_columns = 32;
  f.grid_rows = kRows;
  f.grid_columns = kColumns / 32;
  f.unit = 1;
  f.factor = 1;
  f.pitch = layout == TENON_DOWN ? kColumns * 4 : layout == TENON_ALONG ? kColumns * bits / 8 : kColumns;
  if (layout == TENON_FIELDS) {
    f.stored = (kRows + 8 / bits - 1) / (8 / bits);
    f.first_shift = 8 - bits;
    f.shift = -bits;
  } else if (layout == TENON_BOOKS) {
    f.books = 2;
    f.vector = 8;
    f.pitch = kColumns / 8 * 2;
  }
  return f;
}

uint32_t code_of(const tenon_formula& f, int64_t row, int64_t column) {
  const unsigned char* codes = reinterpret_cast<const unsigned char*>(f.codes);
  static const int64_t lanes[] = {0, 4, 1, 5, 2, 6, 3, 7};
  uint32_t code = 0;
  if (f.layout == TENON_FIELDS) {
    const unsigned char unit = codes[row % f.stored * f.pitch + column];
    return (unit >> (f.first_shift + row / f.stored * f.shift)) & ((1u << f.bits) - 1);
  }
  int64_t place = column;
  if (f.order == TENON_HIGH_FIRST) place = column % 2 == 0 ? column + 1 : column - 1;
  if (f.order == TENON_AWQ) place = column / 8 * 8 + lanes[column % 8];
  if (f.order == TENON_HALVES) {
    const int64_t in = column % 32;
    place = column / 32 * 32 + (in < 16 ? 2 * in : 2 * (in - 16) + 1);
  }
  for (int64_t i = 0; i < f.bits; i++) {  // a bit at a time
    int64_t byte;
    const int64_t bit = (f.layout == TENON_DOWN ? row : place) * f.bits + i;
    if (f.layout == TENON_DOWN) {
      byte = bit / 32 * f.pitch + column * 4 + bit % 32 / 8;
    } else {
      byte = row * f.pitch + bit / 8;
    }
    code |= static_cast<uint32_t>(codes[byte] >> (bit % 8) & 1) << i;
  }
  return code;
}

float value_of(const tenon_formula& f, const Data& data, int64_t row, int64_t column) {
  volatile float v;  // each step rounded by itself
  if (f.layout == TENON_BOOKS) {
    const int64_t at = row * f.pitch + column / 8 * 2, size = (1 << f.bits) * 8;
    const uint32_t mask = (1u << f.bits) - 1;
    v = data.table[static_cast<size_t>((data.codes[static_cast<size_t>(at)] & mask) * 8 + column % 8)];
    v = v + data.table[static_cast<size_t>(
                size + (data.codes[static_cast<size_t>(at + 1)] & mask) * 8 + column % 8)];
  } else {
    v = data.table[code_of(f, row, column)];
  }
  const int64_t line = f.row_index != 0 ? data.index[static_cast<size_t>(row)] : row / f.block_rows;
  const int64_t group =
      f.column_index != 0 ? data.index[static_cast<size_t>(column)] : column / f.block_columns;
  const size_t at = static_cast<size_t>(line * f.grid_columns + group);
  const float s = data.scales[at], z = data.zeros[at];
  if (f.operation == TENON_SCALE) v = v * s;
  if (f.operation == TENON_DIVIDE) v = v / s;
  if (f.operation == TENON_MINUS_SCALE) v = v - z, v = v * s;
  if (f.operation == TENON_SCALE_PLUS) v = v * s, v = v + z;
  if (f.operation == TENON_SCALE_MINUS) v = v * s, v = v - z;
  if (f.factor != 1) v = v * static_cast<float>(f.factor);
  return v;
}

// A box of the values, its rows and columns changing places or not.
void compare(int64_t pool, const tenon_formula& f, const Data& data, bool transposed) {
  const int64_t rows = kRows - 3, columns = kColumns - 7, row = 2, column = 5;
  std::vector<float> out(static_cast<size_t>(rows * columns));
  tenon_move_item item = {4 * (row * kColumns + column), address_of(out.data()), TENON_F32,
                          TENON_F32, 4, {}};
  item.axes[0] = {1, 0, 0};
  item.axes[1] = {rows, 4 * kColumns, transposed ? 4 : 4 * columns};
  item.axes[2] = {columns, 4, transposed ? 4 * rows : 4};
  int64_t failed;
  CHECK(tenon_unpack(pool, &f, &item, 1, &failed) == TENON_OK, "layout=%ld bits=%ld",
        static_cast<long>(f.layout), static_cast<long>(f.bits));
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      const float wanted = value_of(f, data, row + i, column + j);
      const float got = out[static_cast<size_t>(transposed ? j * rows + i : i * columns + j)];
      CHECK(memcmp(&wanted, &got, 4) == 0 || (isnan(wanted) && isnan(got)),
            "layout=%ld bits=%ld order=%ld operation=%ld row=%ld column=%ld",
            static_cast<long>(f.layout), static_cast<long>(f.bits), static_cast<long>(f.order),
            static_cast<long>(f.operation), static_cast<long>(row + i),
            static_cast<long>(column + j));
    }
  }
}

void test_values(int64_t pool, const Data& data) {
  int64_t operation = 0;
  for (int64_t layout = TENON_ALONG; layout <= TENON_BOOKS; layout++) {
    for (int64_t bits = 1; bits <= 8; bits++) {
      if (layout == TENON_FIELDS && 8 % bits != 0) continue;
      for (int64_t order = 0; order <= (layout == TENON_ALONG && bits == 4 ? 3 : 0); order++) {
        tenon_formula f = formula(data, layout, bits, order);
        f.operation = operation++ % 6;
        compare(pool, f, data, operation % 2 == 0);
        f.operation = TENON_MINUS_SCALE;
        f.block_columns = 1;
        f.block_rows = 7;
        f.grid_columns = kColumns;
        f.factor = 0.007874016;
        compare(pool, f, data, true);
        f.column_index = address_of(data.index.data());
        f.grid_columns = 5;
        compare(pool, f, data, false);
        f.column_index = 0;
        f.grid_columns = kColumns;
        f.row_index = address_of(data.index.data());
        compare(pool, f, data, false);
      }
    }
  }
}

// Types of ggml's, their elements and bytes a block.
struct GgmlType {
  int64_t number, elements, bytes;
};

constexpr GgmlType kGgmlTypes[] = {
    {0, 1, 4},      {1, 1, 2},      {2, 32, 18},    {3, 32, 20},   {6, 32, 22},    {7, 32, 24},
    {8, 32, 34},    {10, 256, 84},  {11, 256, 110}, {12, 256, 144}, {13, 256, 176}, {14, 256, 210},
    {15, 256, 292}, {16, 256, 66},  {17, 256, 74},  {18, 256, 98},  {19, 256, 50},  {20, 32, 18},
    {21, 256, 110}, {22, 256, 82},  {23, 256, 136}, {28, 1, 8},     {29, 256, 56},  {30, 1, 2},
    {34, 256, 54},  {35, 256, 66},  {39, 32, 17},   {40, 64, 36}};

// Whole, by any run, and with the rows of halves of heads in turn: of each type the same bits whatever
// the instruction set, of which the first is the oracle's. What the bits are, the tests in Java know.
void test_ggml(int64_t pool, const Data& data, std::vector<std::vector<uint32_t>>& first) {
  constexpr int64_t rows = 12, columns = 512, count = rows * columns, head = 6;
  for (size_t type = 0; type < sizeof kGgmlTypes / sizeof *kGgmlTypes; type++) {
    const GgmlType& ggml = kGgmlTypes[type];
    tenon_formula f = formula(data, TENON_GGML, 8, 0);
    f.rows = rows;
    f.columns = columns;
    f.unit = ggml.number;
    f.pitch = columns / ggml.elements * ggml.bytes;
    f.table = 0;
    std::vector<uint32_t> whole(count), part(count), turned(count);
    tenon_move_item item = run_of(0, address_of(whole.data()), count, TENON_F32, TENON_F32);
    int64_t failed;
    CHECK(tenon_unpack(pool, &f, &item, 1, &failed) == TENON_OK, "type %d", (int)ggml.number);
    if (first.size() == type) first.push_back(whole);
    CHECK(first[type] == whole, "type %d", (int)ggml.number);
    for (int64_t start : {1, 255, 300, 511, 513}) {
      const int64_t length = 777;
      item = run_of(4 * start, address_of(part.data()), length, TENON_F32, TENON_F32);
      CHECK(tenon_unpack(pool, &f, &item, 1, &failed) == TENON_OK, "type %d", (int)ggml.number);
      CHECK(memcmp(part.data(), whole.data() + start, 4 * length) == 0, "type %d", (int)ggml.number);
    }
    f.stored = head;
    item = run_of(0, address_of(turned.data()), count, TENON_F32, TENON_F32);
    CHECK(tenon_unpack(pool, &f, &item, 1, &failed) == TENON_OK, "type %d", (int)ggml.number);
    for (int64_t row = 0; row < rows; row++) {
      const int64_t in_head = row % head;
      const int64_t from = row - in_head + in_head % (head / 2) * 2 + in_head / (head / 2);
      CHECK(memcmp(&turned[row * columns], &whole[from * columns], 4 * columns) == 0, "row %d",
            (int)row);
    }
  }
}

void test_refusals(int64_t pool, const Data& data) {
  const tenon_formula good = formula(data, TENON_ALONG, 4, 0);
  std::vector<float> out(16);
  for (int fault = 0; fault < 17; fault++) {
    tenon_formula bad = good;
    tenon_move_item item = run_of(0, address_of(out.data()), 4, TENON_F32, TENON_F32);
    bad.operation = TENON_SCALE;
    if (fault == 0) bad.bits = 9;
    if (fault == 1) bad.codes = 0;
    if (fault == 2) bad.grid_columns = 1;
    if (fault == 3) bad.rows = INT64_MAX / 2;
    if (fault == 4) bad.operation = 6;
    if (fault == 5) bad.scales = 0;
    if (fault == 6) bad.column_index = address_of(data.index.data()), bad.grid_columns = 4;
    if (fault == 7) bad.layout = TENON_FIELDS;
    if (fault == 8) bad.order = TENON_AWQ, bad.bits = 3;
    if (fault == 9) item.source = 4 * kRows * kColumns;
    if (fault == 10) item.source = 2;
    if (fault == 11) item.from = TENON_F64, item.size = 8;
    if (fault >= 12) bad.layout = TENON_GGML, bad.unit = 12, bad.columns = 1024, bad.pitch = 576;
    if (fault == 12) bad.unit = 9;
    if (fault == 13) bad.columns = 1120;
    if (fault == 14) bad.pitch = 575;
    if (fault == 15) bad.stored = 4;
    if (fault == 16) bad.stored = 15;
    int64_t failed;
    CHECK(tenon_unpack(pool, &bad, &item, 1, &failed) == TENON_E_ARGUMENT, "fault=%d", fault);
  }
}

}  // namespace

void test_unpack() {
  TestRandom random(5);
  const Data data(random);
  std::vector<std::vector<uint32_t>> ggml;
  for (int32_t isa = TENON_ISA_SCALAR; isa <= tenon_best_isa(); isa++) {
    TestPool pool(2, isa);
    test_values(pool.handle(), data);
    test_ggml(pool.handle(), data, ggml);
    test_refusals(pool.handle(), data);
  }
}
