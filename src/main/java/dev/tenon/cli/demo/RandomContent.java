package dev.tenon.cli.demo;

import dev.tenon.checkpoint.write.NewTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Bfloat16 elements of pseudo-random values between 2⁻⁶ and 2⁻⁵, either sign. */
final class RandomContent {
  private static final int CHUNK_BYTES = 1 << 20;

  /** Sign and mantissa are random; the exponent is that of 2⁻⁶. Four values to a word. */
  private static final long RANDOM_BITS = 0x807F_807F_807F_807FL;

  private static final long EXPONENT_BITS = 0x3C80_3C80_3C80_3C80L;

  private final SplittableRandom random = new SplittableRandom(0);
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** Hands over so many bytes. */
  void write(long bytes, NewTensor.Sink sink) throws IOException {
    for (long left = bytes; left > 0; left -= chunk.limit()) {
      chunk.clear();
      while (chunk.hasRemaining()) {
        chunk.putLong(random.nextLong() & RANDOM_BITS | EXPONENT_BITS);
      }
      chunk.flip().limit((int) Math.min(left, CHUNK_BYTES));
      sink.put(chunk);
    }
  }
}
