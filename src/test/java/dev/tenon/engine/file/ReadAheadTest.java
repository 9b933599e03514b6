package dev.tenon.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.engine.Resources;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ReadAheadTest {
  private static final long LARGE = 256L << 20;

  @TempDir private Path directory;

  @BeforeEach
  void needsTheNativeCore() {
    assumeTrue(NativeCore.available(), "there is no native core to read");
  }

  private Path file(String name, long size) throws IOException {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
    }
    return path;
  }

  private static boolean runs() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("tenon-ahead"));
  }

  @Test
  void aLargeFileIsBegunAndLetGo() throws Exception {
    file("model.safetensors", LARGE);
    Resources before = Resources.now(directory);
    try (ReadAhead ahead = ReadAhead.of(directory)) {
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (ahead.bytes() == 0 && System.nanoTime() < end) {
        Thread.sleep(1);
      }
      assertThat(ahead.bytes()).isBetween(1L, LARGE);
    }
    assertThat(runs()).isFalse();
    assertThat(Resources.now(directory).counts()).isEqualTo(before.counts());
  }

  @Test
  void anInterruptIsKept() throws IOException {
    file("model.safetensors", LARGE);
    ReadAhead ahead = ReadAhead.of(directory);
    Thread.currentThread().interrupt();
    ahead.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(runs()).isFalse();
  }

  @Test
  void whatIsSmallOrNotThereIsLeftToTheLoad() throws IOException {
    file("model.safetensors", LARGE - 1);
    for (Path path : new Path[] {directory, directory.resolve("none"), Path.of("none")}) {
      try (ReadAhead ahead = ReadAhead.of(path)) {
        assertThat(runs()).isFalse();
        assertThat(ahead.bytes()).isZero();
      }
    }
  }

  @Test
  void whatIsInNoFileTheSystemKnowsIsLeftToTheLoad() throws IOException {
    Path archive = directory.resolve("archive.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"));
        ReadAhead ahead = ReadAhead.of(zip.getPath("/"))) {
      assertThat(runs()).isFalse();
      assertThat(ahead.bytes()).isZero();
    }
  }

  @Test
  void theFirstFileIsTheOneALoadBeginsWith() throws IOException {
    assertThat(ReadAhead.first(directory.toFile())).isNull();
    file("consolidated.safetensors", 1);
    file("model.safetensors.index.json", 1);
    Files.createFile(directory.resolve("config.json"));
    assertThat(ReadAhead.first(directory.toFile())).isNull();
    file("model-00002-of-00002.safetensors", 1);
    Path shard = file("model-00001-of-00002.safetensors", 1);
    assertThat(ReadAhead.first(directory.toFile())).isEqualTo(shard.toFile());
    Path whole = file("model.safetensors", 1);
    assertThat(ReadAhead.first(directory.toFile())).isEqualTo(whole.toFile());
    assertThat(ReadAhead.first(shard.toFile())).isEqualTo(shard.toFile());
    assertThat(ReadAhead.first(directory.resolve("config.json").toFile())).isNull();
  }
}
