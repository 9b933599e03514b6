package dev.tenon.quantised.pack;

import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes a matrix as it is written and hands it on as float32, so many rows at a time. */
final class Bands implements NewTensor.Sink {
  /** What is done with rows. */
  @FunctionalInterface
  interface Work {
    /**
     * Takes some rows.
     *
     * @param values their elements, row-major, and whatever was behind them before
     * @param rows how many there are; fewer the last time
     */
    void take(float[] values, int rows) throws IOException;
  }

  private final DType dtype;
  private final int columns;
  private final float[] values;
  private final ByteBuffer element = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
  private final Work work;
  private int filled;

  private Bands(DType dtype, int columns, int rows, Work work) {
    this.dtype = dtype;
    this.columns = columns;
    this.values = new float[Math.multiplyExact(rows, columns)];
    this.work = work;
  }

  /**
   * Reads a matrix of float32, float16 or bfloat16.
   *
   * @param rows how many at once
   */
  static void read(NewTensor matrix, int rows, Work work) throws IOException {
    long all = matrix.shape().dim(0);
    int columns = Math.toIntExact(matrix.shape().dim(1));
    int atOnce = (int) Math.min(all, rows);
    Bands bands = new Bands(matrix.dtype(), columns, atOnce, work);
    matrix.content().writeTo(bands);
    if (bands.filled > 0) {
      work.take(bands.values, bands.filled / columns);
    }
  }

  @Override
  public void put(ByteBuffer bytes) throws IOException {
    ByteBuffer from = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.limit());
    int size = dtype.bits() / 8;
    while (from.hasRemaining()) {
      if (element.position() > 0 || from.remaining() < size) { // An element in two buffers.
        element.put(from.get());
        if (element.position() == size) {
          element.flip();
          fill(element, 1);
          element.clear();
        }
      } else {
        fill(from, from.remaining() / size);
      }
    }
  }

  /** Takes up to so many elements, and works whenever the rows are complete. */
  private void fill(ByteBuffer from, int most) throws IOException {
    int count = Math.min(most, values.length - filled);
    for (int i = filled; i < filled + count; i++) {
      values[i] =
          switch (dtype) {
            case F32 -> from.getFloat();
            case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
            case F16 -> half(from.getShort());
            default -> throw new IllegalStateException("no matrix to read: " + dtype);
          };
    }
    filled += count;
    if (filled == values.length) {
      filled = 0;
      work.take(values, values.length / columns);
    }
  }

  /** IEEE's binary16. */
  private static float half(short bits) {
    int exponent = bits >>> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    float value;
    if (exponent == 0) {
      value = mantissa * 0x1p-24f;
    } else {
      int other = exponent == 0x1f ? 0xff : exponent + 127 - 15;
      value = Float.intBitsToFloat(other << 23 | mantissa << 13);
    }
    return bits < 0 ? -value : value;
  }
}
