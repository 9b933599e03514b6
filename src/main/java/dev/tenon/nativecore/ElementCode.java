package dev.tenon.nativecore;

import dev.tenon.tensor.DType;

/** The library's numbers for element types, {@code tenon_dtype}. */
final class ElementCode {
  /** Bytes that are copied as they are. */
  static final int BYTES = 0;

  private ElementCode() {}

  /** Whether values can be converted to this type, or drawn in it. */
  static boolean writable(DType dtype) {
    return switch (dtype) {
      case F32, BF16, F16, F64 -> true;
      default -> false;
    };
  }

  /** Whether values can be converted from this type. */
  static boolean readable(DType dtype) {
    return of(dtype) != BYTES;
  }

  /** The number of a type whose values the library knows; {@link #BYTES} for any other. */
  static int of(DType dtype) {
    return switch (dtype) {
      case F32 -> 1;
      case BF16 -> 2;
      case F16 -> 3;
      case F64 -> 4;
      case F8_E4M3 -> 5;
      case F8_E5M2 -> 6;
      case F8_E4M3FNUZ -> 7;
      case F8_E5M2FNUZ -> 8;
      case F8_E8M0 -> 9;
      default -> BYTES;
    };
  }
}
