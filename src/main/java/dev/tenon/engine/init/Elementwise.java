package dev.tenon.engine.init;

import dev.tenon.engine.torch.Interruption;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Normal and uniform numbers from one generator. Large tensors are drawn in pieces, which gives the
 * same numbers as one call and lets an interrupt in.
 */
final class Elementwise implements AutoCloseable {
  /** Elements a piece has; a multiple of the 16 that torch's normal kernel works on at a time. */
  private static final long PIECE = 1 << 22;

  /** Below this size, or without contiguous memory, torch draws element by element. */
  private static final long VECTOR = 16;

  private final OwnGenerator generator;

  /** Takes the generator over and closes it in the end. */
  Elementwise(OwnGenerator generator) {
    this.generator = generator;
  }

  /** The generator's numbers as an argument. */
  GeneratorOptional generator() {
    return generator.get();
  }

  /** {@code tensor.normal_(mean, std)}. */
  void normal(Tensor tensor, double mean, double std) {
    long count = tensor.numel();
    if (!tensor.is_cpu() || !tensor.is_contiguous() || count < VECTOR) {
      tensor.normal_(mean, std, generator.get());
    } else {
      Tensor flat = tensor.view(-1);
      for (long start = 0; start < count; ) {
        // A last piece of fewer than 16 would be drawn element by element: it joins the one before.
        long size = count - start < PIECE + VECTOR ? count - start : PIECE;
        piece(flat, start, size).normal_(mean, std, generator.get());
        start += size;
      }
    }
  }

  /** {@code tensor.uniform_(low, high)}. */
  void uniform(Tensor tensor, double low, double high) {
    if (!tensor.is_cpu() || !tensor.is_contiguous()) {
      tensor.uniform_(low, high, generator.get());
      return;
    }
    long count = tensor.numel();
    Tensor flat = tensor.view(-1);
    for (long start = 0; start < count; start += PIECE) {
      long size = Math.min(PIECE, count - start);
      piece(flat, start, size).uniform_(low, high, generator.get());
    }
  }

  private static Tensor piece(Tensor flat, long start, long size) {
    Interruption.check();
    return flat.narrow(0, start, size);
  }

  static boolean isHalf(Tensor tensor) {
    return tensor.is_floating_point() && tensor.element_size() < 4;
  }

  @Override
  public void close() {
    generator.close();
  }
}
