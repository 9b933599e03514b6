package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.nativecore.NativeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
  private static final int SIZE = 1 << 20;

  @TempDir private Path directory;
  private final LazyCore core = LazyCore.of(2);

  @BeforeEach
  void needsTheNativeCore() {
    assumeTrue(core.available(), "this build has no native core");
  }

  private long requireAll(long[]... ranges) throws IOException {
    Path path = Files.write(directory.resolve("file"), new byte[SIZE]);
    try (ShardFiles files = new ShardFiles(List.of(), true);
        NativeFile file = NativeFile.open(path)) {
      ReadAhead ahead = new ReadAhead(core.get(), file, files.mapped(path).data_ptr().address());
      for (long[] range : ranges) {
        ahead.require(range[0], range[1], range[2]);
      }
      return ahead.bytes();
    }
  }

  @Test
  void whatIsInMemoryIsNotRead() throws IOException {
    assertThat(requireAll(new long[] {0, SIZE, SIZE})).isZero();
  }

  @Test
  @Timeout(10)
  void rangesMayOverlapAndEndBeyondTheirNeighbours() throws IOException {
    assertThat(requireAll(new long[] {0, SIZE, 4096}, new long[] {10, 20, SIZE})).isZero();
  }
}
