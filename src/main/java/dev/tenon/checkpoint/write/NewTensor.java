package dev.tenon.checkpoint.write;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A tensor to be written.
 *
 * @param name the name it gets in the checkpoint
 * @param dtype the element type in the file
 * @param shape the sizes
 * @param block tensors of one block go into one shard, or {@link #ALONE}
 * @param content brings its bytes
 */
public record NewTensor(String name, DType dtype, Shape shape, int block, Content content) {
  /** The block of a tensor that may go into any shard. */
  public static final int ALONE = -1;

  /** Where a tensor's bytes come from. */
  @FunctionalInterface
  public interface Content {
    /** Hands over all bytes, little-endian and row-major, in as many buffers as it likes. */
    void writeTo(Sink sink) throws IOException;
  }

  /** Where a tensor's bytes go. */
  @FunctionalInterface
  public interface Sink {
    /** Takes what remains in the buffer. Direct buffers are not copied. */
    void put(ByteBuffer bytes) throws IOException;
  }

  /** {@return the bytes it takes in the file} */
  public long bytes() {
    return dtype.bytes(shape.elements());
  }
}
