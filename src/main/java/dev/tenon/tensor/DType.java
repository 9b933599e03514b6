package dev.tenon.tensor;

import dev.tenon.TenonException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The 22 element types of the safetensors format, with the name each side knows it by: the file's
 * code ({@code BF16}) and torch's ({@code bfloat16}).
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format's own list</a>
 */
public enum DType {
  /** One byte, 0 or 1. */
  BOOL("BOOL", "bool", 8, Kind.BOOL),
  /** OCP MX 4-bit float, two to a byte. */
  F4("F4", "float4_e2m1fn_x2", 4, Kind.PACKED),
  /** OCP MX 6-bit float, 2 exponent bits. */
  F6_E2M3("F6_E2M3", "float6_e2m3fn", 6, Kind.PACKED),
  /** OCP MX 6-bit float, 3 exponent bits. */
  F6_E3M2("F6_E3M2", "float6_e3m2fn", 6, Kind.PACKED),
  /** Unsigned byte. */
  U8("U8", "uint8", 8, Kind.INTEGER),
  /** Signed byte. */
  I8("I8", "int8", 8, Kind.INTEGER),
  /** 8-bit float, 5 exponent bits. */
  F8_E5M2("F8_E5M2", "float8_e5m2", 8, Kind.FLOAT),
  /** 8-bit float, 4 exponent bits, no infinities. */
  F8_E4M3("F8_E4M3", "float8_e4m3fn", 8, Kind.FLOAT),
  /** OCP MX scale: an exponent alone. */
  F8_E8M0("F8_E8M0", "float8_e8m0fnu", 8, Kind.FLOAT),
  /** 8-bit float, 4 exponent bits, no negative zero. */
  F8_E4M3FNUZ("F8_E4M3FNUZ", "float8_e4m3fnuz", 8, Kind.FLOAT),
  /** 8-bit float, 5 exponent bits, no negative zero. */
  F8_E5M2FNUZ("F8_E5M2FNUZ", "float8_e5m2fnuz", 8, Kind.FLOAT),
  /** Signed 16-bit integer. */
  I16("I16", "int16", 16, Kind.INTEGER),
  /** Unsigned 16-bit integer. */
  U16("U16", "uint16", 16, Kind.INTEGER),
  /** IEEE half precision. */
  F16("F16", "float16", 16, Kind.FLOAT),
  /** The upper half of a float32. */
  BF16("BF16", "bfloat16", 16, Kind.FLOAT),
  /** Signed 32-bit integer. */
  I32("I32", "int32", 32, Kind.INTEGER),
  /** Unsigned 32-bit integer. */
  U32("U32", "uint32", 32, Kind.INTEGER),
  /** IEEE single precision. */
  F32("F32", "float32", 32, Kind.FLOAT),
  /** Two float32: real, imaginary. */
  C64("C64", "complex64", 64, Kind.COMPLEX),
  /** IEEE double precision. */
  F64("F64", "float64", 64, Kind.FLOAT),
  /** Signed 64-bit integer. */
  I64("I64", "int64", 64, Kind.INTEGER),
  /** Unsigned 64-bit integer. */
  U64("U64", "uint64", 64, Kind.INTEGER);

  private enum Kind {
    BOOL,
    INTEGER,
    FLOAT,
    COMPLEX,
    PACKED
  }

  private static final Map<String, DType> BY_CODE = new HashMap<>();
  private static final Map<String, DType> BY_TORCH_NAME = new HashMap<>();

  static {
    for (DType type : values()) {
      BY_CODE.put(type.code, type);
      BY_TORCH_NAME.put(type.torchName, type);
    }
    BY_TORCH_NAME.put("half", F16);
    BY_TORCH_NAME.put("bfloat", BF16);
    BY_TORCH_NAME.put("float", F32);
    BY_TORCH_NAME.put("double", F64);
    BY_TORCH_NAME.put("cfloat", C64);
    BY_TORCH_NAME.put("short", I16);
    BY_TORCH_NAME.put("int", I32);
    BY_TORCH_NAME.put("long", I64);
  }

  private final String code;
  private final String torchName;
  private final int bits;
  private final Kind kind;

  DType(String code, String torchName, int bits, Kind kind) {
    this.code = code;
    this.torchName = torchName;
    this.bits = bits;
    this.kind = kind;
  }

  /** {@return the safetensors code, such as {@code BF16}} */
  public String code() {
    return code;
  }

  /**
   * {@return torch's name without its module, such as {@code bfloat16}: what configs and the CLI
   * say}
   */
  public String torchName() {
    return torchName;
  }

  /** {@return bits an element takes in a file; 4 or 6 for the packed MX types} */
  public int bits() {
    return bits;
  }

  /** {@return whether values are real floating-point numbers, so that a load may convert them} */
  public boolean isFloatingPoint() {
    return kind == Kind.FLOAT;
  }

  /** {@return whether elements are whole bytes, so that a single element has an address} */
  public boolean isByteAddressable() {
    return bits % 8 == 0;
  }

  /** {@return whether several elements share a byte, so that none has an address} */
  public boolean isPacked() {
    return kind == Kind.PACKED;
  }

  /**
   * The sizes of a tensor in libtorch, which counts two elements of {@link #F4} as one, along the
   * last dimension.
   *
   * @param shape the sizes as files count them
   * @return the same but for {@link #F4}
   * @throws ArithmeticException if elements are to be paired and there is no last dimension, or an
   *     odd one
   */
  public Shape inTorch(Shape shape) {
    if (this != F4) {
      return shape;
    } else if (shape.rank() == 0 || shape.dim(-1) % 2 != 0) {
      throw new ArithmeticException("No pairs along the last dimension: shape=" + shape);
    }
    return shape.with(shape.rank() - 1, shape.dim(-1) / 2);
  }

  /**
   * The sizes of a tensor of libtorch's as files count them: {@link #inTorch} the other way.
   *
   * @param shape the sizes as libtorch counts them
   * @return the same but for {@link #F4}
   * @throws ArithmeticException if elements are pairs and there is no last dimension, or one of
   *     more than 2^62
   */
  public Shape ofTorch(Shape shape) {
    if (this != F4) {
      return shape;
    } else if (shape.rank() == 0) {
      throw new ArithmeticException("No pairs along the last dimension: shape=" + shape);
    }
    return shape.with(shape.rank() - 1, Math.multiplyExact(shape.dim(-1), 2L));
  }

  /**
   * Bytes that {@code elements} elements take.
   *
   * @param elements how many, not negative
   * @return their size in bytes
   * @throws ArithmeticException if the size passes 2^63 − 1 bits, or is no whole number of bytes
   */
  public long bytes(long elements) {
    long total = Math.multiplyExact(elements, (long) bits);
    if (total % 8 != 0) {
      throw new ArithmeticException(
          "Not a whole number of bytes: dtype=" + code + ", elements=" + elements);
    }
    return total / 8;
  }

  /**
   * The type of a safetensors code.
   *
   * @param code upper case, as the format has it
   * @return the type, or null if there is none
   */
  public static @Nullable DType ofCode(String code) {
    return BY_CODE.get(code);
  }

  /**
   * The type torch calls {@code name}, by any of the words torch has for it: {@code half} is {@code
   * float16}. A leading {@code torch.} is allowed, as in old configs.
   *
   * @param name such as {@code float32}
   * @return the type of that name
   * @throws TenonException if there is no such type; the message lists those there are
   */
  public static DType ofTorchName(String name) {
    DType type = find(name);
    if (type == null) {
      throw new TenonException("Unknown dtype: dtype=" + name + ", allowed=" + names(false));
    }
    return type;
  }

  /**
   * As {@link #ofTorchName}, for the dtype of a whole model: a floating-point one.
   *
   * @param name such as {@code float32}
   * @param place where it was found, as an error says it, such as {@code file=config.json}
   * @return the type of that name
   * @throws TenonException if there is no such floating-point type; the message lists those there
   *     are
   */
  public static DType ofModel(String name, String place) {
    DType type = find(name);
    if (type == null || !type.isFloatingPoint()) {
      throw new TenonException(
          "A model's dtype is a floating-point one: %s, dtype=%s, allowed=%s"
              .formatted(place, name, names(true)));
    }
    return type;
  }

  private static @Nullable DType find(String name) {
    return BY_TORCH_NAME.get(name.startsWith("torch.") ? name.substring(6) : name);
  }

  private static String names(boolean floating) {
    StringBuilder names = new StringBuilder();
    for (DType type : values()) {
      if (!floating || type.isFloatingPoint()) {
        names.append(names.isEmpty() ? "" : "|").append(type.torchName);
      }
    }
    return names.toString();
  }

  /** Torch's name, as {@link #torchName()}. */
  @Override
  public String toString() {
    return torchName;
  }
}
