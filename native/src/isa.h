// The kernels of one instruction set: included once by each of isa_*.cpp, after its Simd.
#pragma once

#include <stdint.h>
#include <string.h>

#include "distributions.h"
#include "float8.h"
#include "kernels.h"
#include "philox.h"
#include "stores.h"
#include "tenon.h"
#include "unpack.h"

namespace tenon {
namespace {

template <class D, class T>
void fill_run(const Fill& fill, uint64_t start, uint64_t length, char* out) {
  using I = Simd::I;
  using F = Simd::F;
  constexpr int n = Simd::kGroups;
  constexpr uint64_t group = 2 * Simd::kLanes;  // elements
  constexpr uint64_t group_bytes = group * T::kBytes;
  const Philox<Simd> philox(fill.key, fill.stream);
  const D distribution(fill);
  uint64_t skip = start & 3;
  uint64_t block = start >> 2;
  while (length > 0) {
    if (skip == 0 && length >= n * group) {
      I even[n], odd[n];
      philox.words<n>(block, even, odd);
#pragma GCC unroll 4
      for (int g = 0; g < n; g++) {
        F a, b;
        distribution(even[g], odd[g], a, b);
        Pair<Simd, T>::store(out + static_cast<uint64_t>(g) * group_bytes, a, b);
      }
      block += n * group / 4;
      length -= n * group;
      out += n * group_bytes;
      continue;
    }
    I even, odd;
    F a, b;
    philox.words<1>(block, &even, &odd);
    distribution(even, odd, a, b);
    alignas(64) char whole[group_bytes];
    Pair<Simd, T>::store(whole, a, b);
    uint64_t take = group - skip < length ? group - skip : length;
    memcpy(out, whole + skip * T::kBytes, take * T::kBytes);
    block += group / 4;
    length -= take;
    out += take * T::kBytes;
    skip = 0;
  }
}

template <class D>
void fill_dtype(const Fill& fill, uint64_t start, uint64_t length, char* out) {
  switch (fill.dtype) {
    case TENON_F32:
      return fill_run<D, Float32>(fill, start, length, out);
    case TENON_BF16:
      return fill_run<D, BFloat16>(fill, start, length, out);
    case TENON_F16:
      return fill_run<D, Float16>(fill, start, length, out);
    default:
      return fill_run<D, Float64>(fill, start, length, out);
  }
}

void fill_kind(const Fill& fill, uint64_t start, uint64_t length, void* out) {
  char* bytes = static_cast<char*>(out);
  switch (fill.kind) {
    case TENON_UNIFORM:
      return fill_dtype<Uniform<Simd>>(fill, start, length, bytes);
    case TENON_NORMAL:
      return fill_dtype<Normal<Simd>>(fill, start, length, bytes);
    default:
      return fill_dtype<Truncated<Simd>>(fill, start, length, bytes);
  }
}

template <class From, class To>
void convert_run(const void* in, void* out, uint64_t length, const float* table) {
  const char* from = static_cast<const char*>(in);
  char* to = static_cast<char*>(out);
  constexpr uint64_t n = Simd::kLanes;
  for (; length >= n; length -= n, from += n * From::kBytes, to += n * To::kBytes) {
    To::template row<Simd>(to, From::template load<Simd>(from, table));
  }
  if (length == 0) return;
  alignas(64) char rest[n * From::kBytes] = {}, done[n * To::kBytes];
  memcpy(rest, from, length * From::kBytes);
  To::template row<Simd>(done, From::template load<Simd>(rest, table));
  memcpy(to, done, length * To::kBytes);
}

template <class From>
void convert_from(int32_t to, const void* in, void* out, uint64_t length, const float* table) {
  switch (to) {
    case TENON_F32:
      return convert_run<From, Float32>(in, out, length, table);
    case TENON_BF16:
      return convert_run<From, BFloat16>(in, out, length, table);
    case TENON_F16:
      return convert_run<From, Float16>(in, out, length, table);
    default:
      return convert_run<From, Float64>(in, out, length, table);
  }
}

void convert_any(int32_t from, int32_t to, const void* in, void* out, uint64_t length) {
  switch (from) {
    case TENON_F32:
      return convert_from<Float32>(to, in, out, length, nullptr);
    case TENON_BF16:
      return convert_from<BFloat16>(to, in, out, length, nullptr);
    case TENON_F16:
      return convert_from<Float16>(to, in, out, length, nullptr);
    case TENON_F64:
      return convert_from<Float64>(to, in, out, length, nullptr);
    default:
      return convert_from<Float8>(to, in, out, length, float8_values(from));
  }
}

void unpack_any(const tenon_formula& formula, int64_t first, int64_t count, float* out) {
  unpack<Simd>(formula, first, count, out);
}

}  // namespace
}  // namespace tenon
