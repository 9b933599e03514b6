#include <math.h>
#include <string.h>

#include "../src/float8.h"
#include "../src/half.h"
#include "check.h"

namespace {

std::vector<unsigned char> converted(int64_t pool, const void* in, int64_t length, int64_t from,
                                     int64_t to) {
  std::vector<unsigned char> out(static_cast<size_t>(length * bytes_of(to)));
  tenon_move_item item = run_of(address_of(in), address_of(out.data()), length, from, to);
  int64_t failed;
  int32_t status = tenon_move(pool, -1, &item, 1, &failed);
  CHECK(status == TENON_OK, "from=%ld to=%ld", static_cast<long>(from), static_cast<long>(to));
  return out;
}

// The values of a half type by their definition.
double half_value(uint32_t code, int mantissa_bits, int bias) {
  uint32_t mantissa = code & ((1u << mantissa_bits) - 1);
  int top = mantissa_bits == 10 ? 31 : 255;
  int exponent = static_cast<int>(code >> mantissa_bits) & top;
  double sign = (code & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == top) return mantissa == 0 ? sign * HUGE_VAL : NAN;
  double whole = exponent == 0 ? mantissa : mantissa + (1u << mantissa_bits);
  return sign * ldexp(whole, (exponent == 0 ? 1 : exponent) - bias - mantissa_bits);
}

bool same(double a, double b) { return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b); }

void test_every_half(int64_t pool, int64_t dtype, int mantissa_bits, int bias) {
  std::vector<uint16_t> codes(65536);
  for (size_t i = 0; i < codes.size(); i++) codes[i] = static_cast<uint16_t>(i);
  std::vector<unsigned char> wide = converted(pool, codes.data(), 65536, dtype, TENON_F64);
  std::vector<unsigned char> single = converted(pool, codes.data(), 65536, dtype, TENON_F32);
  std::vector<unsigned char> back = converted(pool, single.data(), 65536, TENON_F32, dtype);
  std::vector<unsigned char> back64 = converted(pool, wide.data(), 65536, TENON_F64, dtype);
  for (uint32_t i = 0; i < 65536; i++) {
    double from64, known = half_value(i, mantissa_bits, bias);
    float from32;
    uint16_t again, again64;
    memcpy(&from64, &wide[8 * i], 8);
    memcpy(&from32, &single[4 * i], 4);
    memcpy(&again, &back[2 * i], 2);
    memcpy(&again64, &back64[2 * i], 2);
    CHECK(same(from64, known) && same(static_cast<double>(from32), known), "code=%04x", i);
    CHECK(isnan(known) ? isnan(half_value(again, mantissa_bits, bias)) : again == i, "code=%04x",
          i);
    CHECK(again == again64, "code=%04x", i);
  }
}

// Just below, at and just above each boundary between two neighbours of a half type.
void test_rounding(int64_t pool, int64_t dtype, int mantissa_bits, int bias) {
  uint32_t infinity = mantissa_bits == 10 ? 0x7c00 : 0x7f80;
  std::vector<float> in;
  std::vector<uint32_t> wanted;
  for (uint32_t code = 0; code < infinity; code++) {
    double low = half_value(code, mantissa_bits, bias);
    double high = code + 1 == infinity ? ldexp(1.0, mantissa_bits == 10 ? 16 : 128)
                                       : half_value(code + 1, mantissa_bits, bias);
    float middle = static_cast<float>(0.5 * (low + high));
    if (isinf(middle) || static_cast<double>(middle) != 0.5 * (low + high)) continue;
    uint32_t even = (code & 1) == 0 ? code : code + 1;
    const float points[] = {nextafterf(middle, 0), middle, nextafterf(middle, HUGE_VALF)};
    const uint32_t codes[] = {code, even, code + 1};
    for (int i = 0; i < 6; i++) {
      in.push_back(i < 3 ? points[i] : -points[i - 3]);
      wanted.push_back(i < 3 ? codes[i] : codes[i - 3] | 0x8000);
    }
  }
  int64_t length = static_cast<int64_t>(in.size());
  std::vector<unsigned char> out = converted(pool, in.data(), length, TENON_F32, dtype);
  for (size_t i = 0; i < in.size(); i++) {
    uint16_t got;
    memcpy(&got, &out[2 * i], 2);
    CHECK(got == wanted[i], "x=%a wanted=%04x got=%04x", static_cast<double>(in[i]), wanted[i],
          got);
  }
}

void test_float8(int64_t pool) {
  unsigned char codes[256];
  for (int i = 0; i < 256; i++) codes[i] = static_cast<unsigned char>(i);
  struct {
    int64_t dtype;
    int code;
    double value;
  } known[] = {{TENON_F8_E4M3, 0x7e, 448},
               {TENON_F8_E4M3, 0x01, 0x1p-9},
               {TENON_F8_E4M3, 0x38, 1},
               {TENON_F8_E4M3, 0xff, NAN},
               {TENON_F8_E4M3, 0x80, -0.0},
               {TENON_F8_E5M2, 0x7b, 57344},
               {TENON_F8_E5M2, 0x01, 0x1p-16},
               {TENON_F8_E5M2, 0xfc, -HUGE_VAL},
               {TENON_F8_E5M2, 0x7d, NAN},
               {TENON_F8_E4M3FNUZ, 0x7f, 240},
               {TENON_F8_E4M3FNUZ, 0x80, NAN},
               {TENON_F8_E4M3FNUZ, 0x01, 0x1p-10},
               {TENON_F8_E5M2FNUZ, 0x7f, 57344},
               {TENON_F8_E5M2FNUZ, 0x80, NAN},
               {TENON_F8_E5M2FNUZ, 0x81, -0x1p-17},
               {TENON_F8_E8M0, 0, 0x1p-127},
               {TENON_F8_E8M0, 127, 1},
               {TENON_F8_E8M0, 255, NAN}};
  for (const auto& one : known) {
    std::vector<unsigned char> out = converted(pool, codes, 256, one.dtype, TENON_F64);
    double value;
    memcpy(&value, &out[static_cast<size_t>(8 * one.code)], 8);
    CHECK(same(value, one.value), "dtype=%ld code=%02x value=%g", static_cast<long>(one.dtype),
          static_cast<unsigned>(one.code), value);
  }
}

// Any bits at all, any length, any alignment: every instruction set writes the same bytes.
void test_instruction_sets() {
  TestPool scalar(1, TENON_ISA_SCALAR);
  for (int32_t isa = TENON_ISA_AVX2; isa <= tenon_best_isa(); isa++) {
    TestPool other(2, isa);
    TestRandom random(5);
    std::vector<unsigned char> in(8 * 3000 + 16);
    for (int round = 0; round < 40; round++) {
      for (unsigned char& byte : in) byte = static_cast<unsigned char>(random.next());
      for (int64_t from = TENON_F32; from <= TENON_F8_E8M0; from++) {
        for (int64_t to = TENON_F32; to <= TENON_F64; to++) {
          int64_t length = random.below(round < 38 ? 70 : 3000);
          const unsigned char* data = in.data() + random.below(16);
          CHECK(converted(scalar.handle(), data, length, from, to) ==
                    converted(other.handle(), data, length, from, to),
                "isa=%d from=%ld to=%ld length=%ld", isa, static_cast<long>(from),
                static_cast<long>(to), static_cast<long>(length));
        }
      }
    }
  }
}

}  // namespace

void test_convert() {
  for (int32_t isa = TENON_ISA_SCALAR; isa <= tenon_best_isa(); isa++) {
    TestPool pool(2, isa);
    test_every_half(pool.handle(), TENON_F16, 10, 15);
    test_every_half(pool.handle(), TENON_BF16, 7, 127);
    test_rounding(pool.handle(), TENON_F16, 10, 15);
    test_rounding(pool.handle(), TENON_BF16, 7, 127);
    test_float8(pool.handle());
  }
  test_instruction_sets();
}
