package dev.tenon.plan;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Dims;
import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Carries an {@link Step.Assemble} out, element by element: slow, and plain enough to believe. */
public final class Assembly {
  private Assembly() {}

  /** The slot's bytes, in the files' dtype; unwritten ones are 0xff. */
  public static byte[] bytes(Step.Assemble step) {
    Shape shape = step.slot().shape();
    int width = step.pieces().get(0).entry().dtype().bits() / 8;
    byte[] result = new byte[(int) shape.elements() * width];
    Arrays.fill(result, (byte) 0xff);
    for (Piece piece : step.pieces()) {
      byte[] file = read((TensorEntry) piece.entry());
      long[] dims = piece.entry().shape().dims();
      long[] strides = strides(dims);
      if (piece.transpose() != null) {
        strides = Dims.swap(strides, piece.transpose().first(), piece.transpose().second());
      }
      long count = piece.source().size().elements();
      for (long i = 0; i < count; i++) {
        long from = offset(piece.source(), i, strides);
        long to = offset(piece.target(), i, strides(shape.dims()));
        System.arraycopy(file, (int) from * width, result, (int) to * width, width);
      }
    }
    return result;
  }

  private static byte[] read(TensorEntry entry) {
    try (FileChannel channel = FileChannel.open(entry.file())) {
      ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes());
      channel.read(bytes, entry.offset());
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long[] strides(long[] dims) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /** Where the i-th element of a box is, in elements from the start of its tensor. */
  private static long offset(Box box, long i, long[] strides) {
    long offset = 0;
    long rest = i;
    for (int dim = strides.length - 1; dim >= 0; dim--) {
      offset += (box.start().dim(dim) + rest % box.size().dim(dim)) * strides[dim];
      rest /= box.size().dim(dim);
    }
    return offset;
  }
}
