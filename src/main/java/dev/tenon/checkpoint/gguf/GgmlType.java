package dev.tenon.checkpoint.gguf;

import dev.tenon.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ggml's types of elements: plain ones, and blocks of elements that share scales. */
public enum GgmlType {
  F32(0, DType.F32),
  F16(1, DType.F16),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, DType.I8),
  I16(25, DType.I16),
  I32(26, DType.I32),
  I64(27, DType.I64),
  F64(28, DType.F64),
  IQ1_M(29, 256, 56),
  BF16(30, DType.BF16),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17),
  NVFP4(40, 64, 36),
  Q1_0(41, 128, 18);

  private static final Map<Integer, GgmlType> BY_NUMBER = new HashMap<>();

  static {
    for (GgmlType type : values()) {
      BY_NUMBER.put(type.number, type);
    }
  }

  private final int number;
  private final int elements;
  private final int bytes;
  private final @Nullable DType dtype;

  GgmlType(int number, int elements, int bytes) {
    this.number = number;
    this.elements = elements;
    this.bytes = bytes;
    this.dtype = null;
  }

  GgmlType(int number, DType dtype) {
    this.number = number;
    this.elements = 1;
    this.bytes = dtype.bits() / 8;
    this.dtype = dtype;
  }

  /** The type of a number, or null if there is none. */
  static @Nullable GgmlType of(int number) {
    return BY_NUMBER.get(number);
  }

  /** {@return its number in files} */
  public int number() {
    return number;
  }

  /** {@return elements of a block; 1 of a plain type} */
  public int elements() {
    return elements;
  }

  /** {@return bytes of a block} */
  public int bytes() {
    return bytes;
  }

  /** {@return the type of its elements if these are plain, else null} */
  public @Nullable DType dtype() {
    return dtype;
  }

  /** {@return whether it is known how its blocks are unpacked, or it has none} */
  public boolean unpacks() {
    return this != Q8_1 && this != Q1_0;
  }

  /** {@return bits an element takes in all, rounded down, as the names of types have it} */
  public int bits() {
    return 8 * bytes / elements;
  }
}
