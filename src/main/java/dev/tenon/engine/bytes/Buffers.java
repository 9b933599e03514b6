package dev.tenon.engine.bytes;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A tensor's bytes as Java's buffers, not copied. */
final class Buffers {
  /** A Java buffer holds less than 2 GiB. */
  private static final long LARGEST = 1L << 30;

  private Buffers() {}

  /** What is done with a part of the bytes. */
  @FunctionalInterface
  interface Taker<E extends Exception> {
    void take(ByteBuffer bytes) throws E;
  }

  /**
   * Hands over all bytes of a tensor, in order.
   *
   * @param tensor row-major without gaps, on the CPU
   */
  @SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
  static <E extends Exception> void each(Tensor tensor, Taker<E> taker) throws E {
    long size = tensor.nbytes();
    if (size == 0) {
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      BytePointer bytes = new BytePointer(tensor.data_ptr());
      for (long start = 0; start < size; start += LARGEST) {
        bytes.position(start).limit(Math.min(size, start + LARGEST));
        taker.take(bytes.asByteBuffer());
      }
    }
  }
}
