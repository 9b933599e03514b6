package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tenon.TenonException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files: whatever bytes change, the outcome is a value or a TenonException, at low cost.
 */
class MutationTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final int CASES = 200;
  private static final long ALLOWED_BYTES = 64L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "safetensors/m12_meta_last.safetensors",
        "safetensors/x13_ok_zero_between.safetensors",
        "safetensors/t04_extra_field.safetensors",
        "scenarios/gemma2-sharded/model-00002-of-00007.safetensors",
        "torch/module.bin",
        "torch/mixed.bin",
        "torch/parameters.bin",
        "torch/cyclic.bin",
        "torch/dtypes.bin",
        "torch/stream_module.bin",
        "torch/stream_old.bin"
      })
  void damageIsReported(String seed) throws IOException {
    Path original = RESOURCES.resolve(seed);
    byte[] bytes = Files.readAllBytes(original);
    Path damaged = directory.resolve(original.getFileName());
    Random random = new Random(seed.hashCode());
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] copy = damage(bytes, random);
      Files.write(damaged, copy);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        ShardReader.read(damaged);
      } catch (TenonException e) {
        refused++;
        assertThat(e).message().contains("file=" + damaged).doesNotContainPattern("\\p{Cntrl}");
      }
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOWED_BYTES);
    }
    assertThat(refused).isPositive();
  }

  /**
   * Changes a few bytes near each other in the first kilobytes or anywhere, or cuts the end off.
   */
  private static byte[] damage(byte[] bytes, Random random) {
    byte[] copy = bytes.clone();
    int reach = random.nextBoolean() ? Math.min(copy.length, 2048) : copy.length;
    int at = random.nextInt(reach);
    for (int n = random.nextInt(4); n >= 0; n--) {
      int where = Math.min(copy.length - 1, at + random.nextInt(8));
      copy[where] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) (copy[where] ^ 1 << random.nextInt(8));
            case 1 -> (byte) random.nextInt();
            case 2 -> copy[random.nextInt(copy.length)];
            default -> (byte) (random.nextBoolean() ? 0xff : 0);
          };
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length)) : copy;
  }
}
