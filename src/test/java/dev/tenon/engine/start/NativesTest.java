package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativesTest {
  private static final ClassLoader JARS = NativesTest.class.getClassLoader();
  private static final String PLATFORM = Loader.getPlatform();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/bytedeco/cuda/presets/cudart.class",
        "org/bytedeco/pytorch/linux-x86_64-gpu/libtorch_cpu.so"
      })
  void nothingIsCertainWhereCudaMayBeWanted(String resource) throws IOException {
    Path file = directory.resolve(resource);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, JARS)) {
      Natives natives = Natives.of(loader, "linux-x86_64");
      assertThat(natives == null || !natives.areAll(loader)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.bytedeco.openblas.load",
        "org.bytedeco.javacpp.pathsFirst",
        "org.bytedeco.javacpp.findLibraries"
      })
  void norWhereSomebodyChose(String property) {
    System.setProperty(property, "true");
    try {
      assertThat(Natives.of(JARS, PLATFORM)).isNull();
    } finally {
      System.clearProperty(property);
    }
  }
}
