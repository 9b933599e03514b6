package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaProbesTest {
  private static final ClassLoader JARS = CudaProbesTest.class.getClassLoader();
  private static final String PLATFORM = Loader.getPlatform();

  @TempDir private Path directory;

  @Test
  void aBuildForTheCpuLooksForNoCuda() throws ReflectiveOperationException {
    assumeFalse(TorchBuilds.has(JARS, PLATFORM + "-gpu"), "this class path holds a CUDA build");
    assertThat(CudaProbes.spare(JARS, PLATFORM)).isTrue();
    assertThat(CudaProbes.found().get("cudart@.13")).isEmpty();
    assertThat(CudaProbes.found().get("gomp@.1")).isNotEqualTo(new URL[0]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/bytedeco/cuda/presets/cudart.class",
        "org/bytedeco/pytorch/linux-x86_64-gpu/libtorch_cpu.so"
      })
  void whereCudaMayBeWantedItIsLookedFor(String resource) throws IOException {
    Path file = directory.resolve(resource);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, JARS)) {
      assertThat(CudaProbes.spare(loader, "linux-x86_64")).isFalse();
    }
  }
}
