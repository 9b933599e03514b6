package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchBuildsTest {
  @TempDir private Path classPath;

  @Test
  void twoBuildsAreRefusedBeforeTheyAbort() throws IOException {
    put("linux-x86_64/libtorch_cpu.so");
    put("linux-x86_64-gpu/libtorch_cpu.so");
    assertThatThrownBy(this::check)
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("found=linux-x86_64|linux-x86_64-gpu");
  }

  @Test
  void oneBuildIsTaken() throws IOException {
    put("linux-x86_64-gpu/libtorch_cpu.so");
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  private void check() throws IOException {
    URL[] urls = {classPath.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      TorchBuilds.refuseTwo(loader, "linux-x86_64");
    }
  }

  private void put(String file) throws IOException {
    Path path = classPath.resolve("org/bytedeco/pytorch").resolve(file);
    Files.createDirectories(path.getParent());
    Files.createFile(path);
  }
}
