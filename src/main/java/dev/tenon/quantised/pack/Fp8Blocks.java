package dev.tenon.quantised.pack;

import java.util.stream.IntStream;

/**
 * Weights as 8-bit floats with a scale for each block of 128 rows and 128 columns, the last of
 * which may be shorter. Source: {@code Fp8Quantize} of transformers 5.18, which has no shorter
 * blocks.
 *
 * <p>Of a block with a largest absolute value m: the codes are of w · (448 ÷ m), no further than
 * 448, and the scale that is stored, called inverse, is 1 ÷ (448 ÷ m). A block of zeros has the
 * scale 1, and where 448 ÷ m would be infinite, which makes no numbers of zeros in the source, it
 * is the largest number. All in float32.
 */
final class Fp8Blocks {
  /** Rows and columns of a block. */
  static final int SIZE = 128;

  private Fp8Blocks() {}

  /**
   * Quantises the blocks of one row of blocks.
   *
   * @param values its rows one after the other
   * @param rows at most {@link #SIZE}
   * @param codes one for each value
   * @param scales one for each block
   * @return false if a value is infinite or no number; then codes and scales say nothing
   */
  static boolean quantise(float[] values, int rows, int columns, byte[] codes, float[] scales) {
    return IntStream.range(0, scales.length)
        .parallel()
        .allMatch(block -> one(values, rows, columns, block, codes, scales));
  }

  private static boolean one(
      float[] values, int rows, int columns, int block, byte[] codes, float[] scales) {
    int from = block * SIZE;
    int to = Math.min(columns, from + SIZE);
    float largest = largest(values, rows, columns, from, to);
    if (!(largest <= Float.MAX_VALUE)) {
      return false;
    }
    float scale = largest > 0 ? Math.min(Float.MAX_VALUE, 1 / largest * E4m3.MAX) : 1;
    scales[block] = 1 / scale;
    for (int row = 0; row < rows; row++) {
      for (int i = row * columns + from; i < row * columns + to; i++) {
        codes[i] = E4m3.of(Math.max(-E4m3.MAX, Math.min(E4m3.MAX, values[i] * scale)));
      }
    }
    return true;
  }

  /** The largest absolute value; none, if one is none. */
  private static float largest(float[] values, int rows, int columns, int from, int to) {
    float largest = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = row * columns + from; i < row * columns + to; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
    }
    return largest;
  }
}
