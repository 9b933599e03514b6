package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a scheme's bits and group are told. N is a weight's rows, K its columns, G groups along K.
 */
interface Geometry {
  /**
   * The packing of a scheme's tensors, or null if their shapes are none the scheme makes.
   *
   * @param entries the mark, then the companions, as the scheme lists them
   * @param said what the config says of this weight
   */
  @Nullable Packing tell(String scheme, List<TensorEntry> entries, Quantisation said);

  /** Only the config tells. */
  static Packing said(String scheme, List<TensorEntry> entries, Quantisation said) {
    return new Packing(scheme, said.bits(), said.group());
  }

  /** Words down K: numbers [K·b/32, N], zeros [G, N·b/32], scales [G, N]. */
  static @Nullable Packing gptq(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape zeros = entries.get(1).shape();
    Shape scales = entries.get(2).shape();
    if (!areMatrices(numbers, zeros, scales) || numbers.dim(1) != scales.dim(1)) {
      return null;
    }
    int bits = bits(zeros.dim(1), scales.dim(1));
    return along(scheme, bits, words(numbers.dim(0), bits), scales.dim(0), said);
  }

  /** Words along N: numbers [K, N·b/32], zeros [G, N·b/32], scales [G, N]. */
  static @Nullable Packing awq(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape zeros = entries.get(1).shape();
    Shape scales = entries.get(2).shape();
    if (!areMatrices(numbers, zeros, scales) || numbers.dim(1) != zeros.dim(1)) {
      return null;
    }
    return along(scheme, bits(zeros.dim(1), scales.dim(1)), numbers.dim(0), scales.dim(0), said);
  }

  /** Words along K: numbers […, N, K·b/32], scales […, N, G]. Only the config tells b. */
  static @Nullable Packing wordsAlongRows(
      String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape scales = entries.get(1).shape();
    if (!isByRow(numbers, scales)) {
      return null;
    }
    return along(scheme, said.bits(), words(last(numbers), said.bits()), last(scales), said);
  }

  /** As MLX's micro-scaled modes have it, whose scales are bytes; each has its own bits × group. */
  static @Nullable Packing mlxModes(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape scales = entries.get(1).shape();
    if (!isByRow(numbers, scales) || entries.get(1).dtype() != DType.U8 || last(scales) == 0) {
      return null;
    }
    return switch ((int) Math.min(Short.MAX_VALUE, 32 * last(numbers) / last(scales))) {
      case 64 -> new Packing(scheme + " nvfp4", 4, "16");
      case 128 -> new Packing(scheme + " mxfp4", 4, "32");
      case 256 -> new Packing(scheme + " mxfp8", 8, "32");
      default -> said(scheme, entries, said);
    };
  }

  /** Two numbers a byte along K: numbers […, N, K/2], scales […, N, G]. */
  static @Nullable Packing halfBytes(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape scales = entries.get(1).shape();
    boolean fits = isByRow(numbers, scales) && entries.get(1).dtype().bits() == 8;
    return fits ? along(scheme, 4, 2 * last(numbers), last(scales), said) : null;
  }

  /** Two numbers a byte in blocks: […, G, 16], scales […, G]. */
  static @Nullable Packing blocks(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape blocks = entries.get(0).shape();
    Shape scales = entries.get(1).shape();
    boolean fits =
        entries.get(1).dtype() == DType.U8
            && blocks.rank() == scales.rank() + 1
            && scales.elements() > 0
            && blocks.elements() == scales.elements() * last(blocks);
    return fits ? new Packing(scheme, 4, Long.toString(2 * last(blocks))) : null;
  }

  /** A byte a number, and a scale for all, for each row, for each group or for each block. */
  static Packing bytes(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape numbers = entries.get(0).shape();
    Shape scales = entries.get(1).shape();
    return new Packing(scheme, 8, Groups.of(numbers, scales, said.group()));
  }

  /** A byte a number, and a scale for each row. */
  static Packing rows(String scheme, List<TensorEntry> entries, Quantisation said) {
    return new Packing(scheme, 8, Packing.ROW);
  }

  /** Four numbers a byte, and one scale for all. */
  static @Nullable Packing bitnet(String scheme, List<TensorEntry> entries, Quantisation said) {
    return entries.get(1).shape().elements() == 1 ? new Packing(scheme, 2, Packing.TENSOR) : null;
  }

  /** Half-bytes without rows; after the mark come absmax, the table and the numbers. */
  static Packing bitsandbytes(String scheme, List<TensorEntry> entries, Quantisation said) {
    long numbers = 2 * entries.get(3).bytes();
    long group = 1;
    while (group * entries.get(1).shape().elements() < numbers && group < numbers) {
      group *= 2;
    }
    return new Packing(scheme, 4, Long.toString(group));
  }

  /** Codes [N, K/g, C] into C books [C, 2^b, 1, g]. */
  static @Nullable Packing aqlm(String scheme, List<TensorEntry> entries, Quantisation said) {
    Shape codes = entries.get(0).shape();
    Shape books = entries.get(1).shape();
    if (codes.rank() != 3 || books.rank() != 4 || codes.dim(2) != books.dim(0)) {
      return null;
    }
    long group = Math.max(1, books.dim(2) * books.dim(3));
    long index = 63 - Long.numberOfLeadingZeros(Math.max(1, books.dim(1)));
    return new Packing(scheme, (int) (books.dim(0) * index / group), Long.toString(group));
  }

  private static boolean areMatrices(Shape numbers, Shape zeros, Shape scales) {
    return numbers.rank() == 2
        && zeros.rank() == 2
        && scales.rank() == 2
        && zeros.dim(0) == scales.dim(0);
  }

  /** Whether both have the same rows, one vector of each a row. */
  private static boolean isByRow(Shape numbers, Shape scales) {
    int rank = numbers.rank();
    if (rank < 2 || scales.rank() != rank) {
      return false;
    }
    for (int i = 0; i < rank - 1; i++) {
      if (numbers.dim(i) != scales.dim(i)) {
        return false;
      }
    }
    return true;
  }

  private static long last(Shape shape) {
    return shape.rank() == 0 ? 1 : shape.dim(shape.rank() - 1);
  }

  /** Bits of numbers of which {@code count} take so many words; 0 if that is no sensible answer. */
  private static int bits(long words, long count) {
    long bits = count == 0 ? 0 : 32 * words / count;
    return bits < 1 || bits > 16 ? 0 : (int) bits;
  }

  /** How many numbers of so many bits words hold, or 0 where that is not known. */
  private static long words(long words, int bits) {
    return bits == 0 ? 0 : 32 * words / bits;
  }

  /** K numbers in so many groups; a config that tells either is believed where shapes do not. */
  private static Packing along(
      String scheme, int bits, long columns, long groups, Quantisation said) {
    String group = said.group();
    if (groups == 1) { // A group may be as long as a row, or longer.
      group = group.isEmpty() ? Packing.ROW : group;
    } else if (columns > 0 && groups > 0) {
      group = Long.toString((columns + groups - 1) / groups);
    }
    return new Packing(scheme, bits == 0 ? said.bits() : bits, group);
  }
}
