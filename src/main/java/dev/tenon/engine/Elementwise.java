package dev.tenon.engine;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Normal and uniform numbers from one generator, equal on a CPU to what torch 2.13 draws.
 *
 * <p>Large tensors are drawn in pieces, which gives the same numbers as one call and lets an
 * interrupt in. In half precision torch 2.13 draws float32 and rounds, while this libtorch draws
 * from 8- or 11-bit uniforms: so float32 is drawn here too, with 2.13's rule for the tail.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
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
    } else if (isHalf(tensor)) {
      halfNormal(tensor.view(-1), mean, std);
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

  /** Whole blocks of 16 first, then the last 16 elements anew where blocks leave a rest. */
  private void halfNormal(Tensor flat, double mean, double std) {
    long count = flat.numel();
    long whole = count - count % VECTOR;
    for (long start = 0; start < whole; start += PIECE) {
      drawHalf(
          flat, start, Math.min(PIECE, whole - start), t -> t.normal_(mean, std, generator.get()));
    }
    if (whole < count) {
      drawHalf(flat, count - VECTOR, VECTOR, t -> t.normal_(mean, std, generator.get()));
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
    boolean half = isHalf(tensor);
    for (long start = 0; start < count; start += PIECE) {
      long size = Math.min(PIECE, count - start);
      if (half) {
        drawHalf(flat, start, size, t -> t.uniform_(low, high, generator.get()));
        belowBound(piece(flat, start, size), low, high);
      } else {
        piece(flat, start, size).uniform_(low, high, generator.get());
      }
    }
  }

  /** Rounding may reach the upper bound, which is excluded: torch 2.13 puts the lower one there. */
  private static void belowBound(Tensor drawn, double low, double high) {
    try (PointerScope scope = new PointerScope()) {
      drawn.masked_fill_(drawn.eq(new Scalar(high)), new Scalar(low));
    }
  }

  private interface Draw {
    Tensor into(Tensor scratch);
  }

  private static void drawHalf(Tensor flat, long start, long size, Draw draw) {
    try (PointerScope scope = new PointerScope()) {
      Tensor scratch = Tensors.empty(new long[] {size}, float32());
      draw.into(scratch);
      piece(flat, start, size).copy_(scratch);
    }
  }

  private static TensorOptions float32() {
    return new TensorOptions(ScalarType.Float);
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
