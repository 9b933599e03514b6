package dev.tenon.nativecore;

/** The instruction sets the kernels are built for; all give the same bits. */
public enum InstructionSet {
  /** Plain C++, for any processor. */
  SCALAR,
  /** AVX2 with FMA and F16C. */
  AVX2,
  /** AVX-512 F, DQ, BW and VL. */
  AVX512;

  /** The library's number of it; 0 there means the best. */
  int code() {
    return ordinal() + 1;
  }
}
