package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.engine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that nothing has been prepared for; {@code ci/coldcache} has more of them. */
public class FirstStartsTest {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-tied-source-only");

  @TempDir private Path directory;

  /** JVMs that start at once have one cache to unpack libtorch to. */
  @Test
  void severalAtOnceAllLoadAndSoDoesOneAfterACutLibrary() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<String>> said = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        said.add(threads.submit(() -> start(Loads.class)));
      }
      for (Future<String> one : said) {
        assertThat(one.get()).isEqualTo("loaded");
      }
    } finally {
      threads.shutdown();
    }
    cut("libtorch_cpu.so");
    assertThat(start(Loads.class)).isEqualTo("loaded");
  }

  /** As two web applications of one server, or one that is deployed anew, have them. */
  @Test
  void twoClassLoadersOfOneJvmBothLoad() throws Exception {
    assertThat(new ChildJvm(directory, Map.of(), "-Xmx512m").run(LoadsTwice.class))
        .isEqualTo("loaded, loaded, core true true");
  }

  private String start(Class<?> main) throws IOException, InterruptedException {
    Path own = Files.createTempDirectory(directory, "jvm");
    String cache = "-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache");
    return new ChildJvm(own, Map.of(), "-Xmx256m", cache).run(main);
  }

  private void cut(String library) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("cache"))) {
      Path file = files.filter(path -> path.endsWith(library)).findFirst().orElseThrow();
      Files.write(file, new byte[1 << 20]);
    }
  }

  /** A model that is loaded. */
  public static final class Loads {
    private Loads() {}

    public static void main(String[] args) {
      try (Model model = Tenon.load(CHECKPOINT, LoadOptions.defaults())) {
        System.out.println(model.names().isEmpty() ? "empty" : "loaded");
      }
    }
  }

  /** A model that is loaded by each of two copies of the library. */
  static final class LoadsTwice {
    private LoadsTwice() {}

    public static void main(String[] args) throws Exception {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        path.add(Path.of(entry).toUri().toURL());
      }
      StringBuilder cores = new StringBuilder("core");
      for (int i = 0; i < 2; i++) {
        URLClassLoader loader =
            new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Class<?> loads = loader.loadClass(Loads.class.getName());
        loads.getMethod("main", String[].class).invoke(null, (Object) args);
        Class<?> core = loader.loadClass("dev.tenon.nativecore.NativeCore");
        cores.append(' ').append(core.getMethod("available").invoke(null));
      }
      System.out.println("loaded, loaded, " + cores);
    }
  }
}
