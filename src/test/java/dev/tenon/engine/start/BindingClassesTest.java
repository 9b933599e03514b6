package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BindingClassesTest {
  @Test
  void theBindingIsLoadedWithoutAnybodyAsking() throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one core has nothing to spare");
    List<URL> jars = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (path.endsWith(".jar")) {
        jars.add(Path.of(path).toUri().toURL());
      }
    }
    try (Loaded loader = new Loaded(jars.toArray(new URL[0]))) {
      assertThat(loader.has("org.bytedeco.pytorch.TensorOptions")).isFalse();
      BindingClasses.begin(loader);
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("tenon-binding")) {
          thread.join(TimeUnit.SECONDS.toMillis(60));
        }
      }
      assertThat(loader.has("org.bytedeco.openblas.global.openblas")).isTrue();
      assertThat(loader.has("org.bytedeco.pytorch.global.torch")).isTrue();
      assertThat(loader.has("org.bytedeco.pytorch.Tensor")).isTrue();
      assertThat(loader.has("org.bytedeco.pytorch.TensorOptions")).isTrue();
    }
  }

  /** A loader of its own, so that no class is there before. */
  private static final class Loaded extends URLClassLoader {
    Loaded(URL[] jars) {
      super(jars, null);
    }

    boolean has(String name) {
      return findLoadedClass(name) != null;
    }
  }
}
