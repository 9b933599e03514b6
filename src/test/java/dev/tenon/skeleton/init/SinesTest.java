package dev.tenon.skeleton.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The bits are those of torch 2.13, at angles that no rounding stands before. */
class SinesTest {
  /** From −40 to 40 in steps of 1/1024. */
  private static final int STEPS = 40960;

  private interface Function {
    float of(float angle);
  }

  @Test
  void everyBitIsTorchs() {
    assertThat(crc(Sines::sin)).isEqualTo("58c24e86");
    assertThat(crc(Sines::cos)).isEqualTo("1f1ef2c5");
  }

  @Test
  void oneInTwentyIsNotTheNearest() {
    assertThat(neighbours(Sines::sin, angle -> (float) Math.sin(angle))).isEqualTo(4130);
    assertThat(neighbours(Sines::cos, angle -> (float) Math.cos(angle))).isEqualTo(3936);
  }

  @Test
  void zeroKeepsItsSignAndWhatIsNoAngleIsNoNumber() {
    assertThat(Sines.sin(-0f)).isEqualTo(-0f);
    assertThat(Sines.cos(0f)).isEqualTo(1f);
    assertThat(Sines.sin(Float.POSITIVE_INFINITY)).isNaN();
    assertThat(Sines.cos(Float.NaN)).isNaN();
    assertThat(Sines.sin(1e8f)).isEqualTo((float) Math.sin(1e8f));
  }

  private static String crc(Function function) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * (2 * STEPS + 1)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = -STEPS; i <= STEPS; i++) {
      bytes.putFloat(function.of(i / 1024f));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    return "%08x".formatted(crc.getValue());
  }

  private static int neighbours(Function function, Function nearest) {
    int count = 0;
    for (int i = -STEPS; i <= STEPS; i++) {
      count += function.of(i / 1024f) == nearest.of(i / 1024f) ? 0 : 1;
    }
    return count;
  }
}
