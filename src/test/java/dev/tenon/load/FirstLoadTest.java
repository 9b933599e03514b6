package dev.tenon.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.LoadOptions;
import dev.tenon.Residency;
import dev.tenon.Tenon;
import dev.tenon.engine.ChildJvm;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a load does beside its plan, if it is the first of its process. */
@EnabledOnOs(OS.LINUX)
class FirstLoadTest {
  private static final long BYTES = 300L << 20;

  @TempDir private Path directory;

  @Test
  void onlyTheFirstLoadThatPopulatesReadsAhead() throws Exception {
    assumeTrue(NativeCore.available(), "there is no native core to read");
    assertThat(loads(Residency.POPULATE)).isEqualTo("true false");
    assertThat(loads(Residency.MMAP)).isEqualTo("false false");
  }

  private String loads(Residency residency) throws IOException, InterruptedException {
    Path checkpoint = Files.createDirectories(directory.resolve(residency.name()));
    try (RandomAccessFile file =
        new RandomAccessFile(checkpoint.resolve("model.safetensors").toFile(), "rw")) {
      byte[] header =
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}} "
              .formatted(BYTES, BYTES)
              .getBytes(StandardCharsets.US_ASCII);
      file.writeLong(Long.reverseBytes(header.length));
      file.write(header);
      file.setLength(file.length() + BYTES);
    }
    return new ChildJvm(directory, Map.of(), "-Xmx256m").run(Child.class, checkpoint, residency);
  }

  /** Says of each of two loads whether something was read beside its plan. */
  static final class Child {
    private static volatile boolean loading;
    private static volatile boolean seen;

    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      Path path = Path.of(args[0]);
      LoadOptions options = LoadOptions.builder().residency(Residency.valueOf(args[1])).build();
      System.out.println(reads(path, options) + " " + reads(path, options));
    }

    private static boolean reads(Path path, LoadOptions options) throws InterruptedException {
      seen = false;
      loading = true;
      Thread watcher = new Thread(Child::look);
      watcher.start();
      Tenon.load(path, options).close();
      loading = false;
      watcher.join();
      return seen;
    }

    private static void look() {
      ThreadGroup group = Thread.currentThread().getThreadGroup();
      Thread[] threads = new Thread[64];
      while (loading) {
        for (int i = group.enumerate(threads) - 1; i >= 0; i--) {
          seen |= threads[i].getName().equals("tenon-ahead");
        }
      }
    }
  }
}
