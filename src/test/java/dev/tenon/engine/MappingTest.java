package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint larger than memory: mapped it costs none, and a copy of it is refused. */
@EnabledOnOs(OS.LINUX)
class MappingTest {
  @TempDir private Path directory;

  @Test
  void aFileLargerThanMemoryIsMappedAndNotCopied() throws IOException {
    assumeTrue(NativeCore.available(), "there is no native core to map it");
    long elements = 1L << 38;
    Path file = InterruptsTest.zeros(directory.resolve("model.safetensors"), elements);
    try (Model model = Tenon.load(file, LoadOptions.defaults())) {
      assertThat(model.tensor("w").numel()).isEqualTo(elements);
    }
    assertThatThrownBy(() -> Tenon.load(file, LoadOptions.copy()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("needed=" + 4 * elements);
  }
}
