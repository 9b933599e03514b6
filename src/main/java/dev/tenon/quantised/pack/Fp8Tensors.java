package dev.tenon.quantised.pack;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A matrix to be written as 8-bit floats with scales for blocks, as DeepSeek's and Qwen's releases
 * have it: {@code x.weight} in {@code F8_E4M3} [N, K], {@code x.weight_scale_inv} in {@code F32}
 * [⌈N/128⌉, ⌈K/128⌉].
 */
public final class Fp8Tensors {
  /** What the scales are called. */
  private static final String SCALES = "_scale_inv";

  private Fp8Tensors() {}

  /** Rows and columns of a block. */
  public static int block() {
    return Fp8Blocks.SIZE;
  }

  /**
   * Two tensors in a matrix's place. Each reads the matrix anew when it is written.
   *
   * @param plain a matrix of float32, float16 or bfloat16
   */
  public static List<NewTensor> of(NewTensor plain) {
    Shape shape = plain.shape();
    Shape grid =
        Shape.of(Layout.up(shape.dim(0), Fp8Blocks.SIZE), Layout.up(shape.dim(1), Fp8Blocks.SIZE));
    int blocks = Math.toIntExact(grid.dim(1));
    NewTensor.Content codes = sink -> write(plain, blocks, sink, true);
    NewTensor.Content scales = sink -> write(plain, blocks, sink, false);
    return List.of(
        new NewTensor(plain.name(), DType.F8_E4M3, shape, plain.block(), codes),
        new NewTensor(plain.name() + SCALES, DType.F32, grid, plain.block(), scales));
  }

  private static void write(NewTensor plain, int blocks, NewTensor.Sink sink, boolean codes)
      throws IOException {
    int columns = Math.toIntExact(plain.shape().dim(1));
    byte[] bytes = new byte[Math.multiplyExact(Fp8Blocks.SIZE, columns)];
    float[] scales = new float[blocks];
    Bands.read(
        plain,
        Fp8Blocks.SIZE,
        (values, rows) -> {
          if (!Fp8Blocks.quantise(values, rows, columns, bytes, scales)) {
            throw new TenonException(
                "Infinities and what is no number cannot be quantised: tensor=" + plain.name());
          }
          sink.put(codes ? ByteBuffer.wrap(bytes, 0, rows * columns) : littleEndian(scales));
        });
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
