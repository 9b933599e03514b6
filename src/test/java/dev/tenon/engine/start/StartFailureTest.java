package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.SmallDisk;
import dev.tenon.engine.ChildJvm;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps libtorch from coming up is said by its first cause, in one line. */
class StartFailureTest {
  private static final String CACHE = "-Dorg.bytedeco.javacpp.cachedir=";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "libcudnn.so.9 | A library of CUDA is not on this machine: library=libcudnn.so.9, remedy=",
        "libcudart.so.13 | A library of CUDA is not on this machine: library=libcudart.so.13, rem",
        "libnccl.so.2 | A library of CUDA is not on this machine: library=libnccl.so.2, remedy=",
        "libgomp.so.1 | A library that libtorch needs is not on this machine: library=libgomp.so.1",
        "libcurl.so.4 | A library that libtorch needs is not on this machine: library=libcurl.so.4"
      })
  void theLinkersWordsNameTheLibrary(String library, String sentence) {
    String words = library + ": cannot open shared object file: No such file or directory";
    assertThat(sentence(new UnsatisfiedLinkError("/cache/jar/libtorch_cuda.so: " + words)))
        .startsWith(sentence);
  }

  /** JavaCPP tries other ways after the one that failed, and ends with what came of the last. */
  @Test
  void whatWasTriedAfterwardsIsNotTheReason() {
    Throwable last = new UnsatisfiedLinkError("no jnitorch in java.library.path");
    last.initCause(new UnsatisfiedLinkError("/c/libjnitorch.so: undefined symbol: _ZN2at5emptyE"));
    assertThat(sentence(new ExceptionInInitializerError(last)))
        .isEqualTo(
            "libtorch does not load: reason=/c/libjnitorch.so: undefined symbol: _ZN2at5emptyE");
  }

  @Test
  void memoryThatRanOutStaysThat() {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    assertThatThrownBy(() -> sentence(new ExceptionInInitializerError(full))).isSameAs(full);
    assertThat(sentence(new UnsatisfiedLinkError("/c/libtorch.so: Cannot allocate memory")))
        .startsWith("Not enough memory to load libtorch: reason=/c/libtorch.so");
  }

  @Test
  void aFullDiskIsNamed() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 16 << 20)) {
      assertThat(said(CACHE + disk.path()))
          .startsWith("The disk is full where libtorch is unpacked: cache=" + disk.path())
          .contains("No space left on device", "remedy=" + CACHE);
    }
  }

  @Test
  void aDiskNothingIsExecutedFromIsNamed() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 16 << 20)) {
      disk.forbidExecution();
      assertThat(said(CACHE + disk.path())).contains(disk.path().toString(), "noexec", CACHE);
    }
  }

  /** JavaCPP takes its default then. */
  @Test
  void aFileWhereTheCacheIsToBeIsLeftAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "somebody's");
    assertThat(said(CACHE + file)).isEqualTo("loaded");
    assertThat(file).hasContent("somebody's");
  }

  @Test
  void nativesThatAreNotOnTheClassPathAreNamed() throws Exception {
    String platform = Loader.getPlatform();
    assertThat(said(CACHE + directory.resolve("cache"), "pytorch-"))
        .startsWith("libtorch does not load: missing=org.bytedeco:pytorch, platform=" + platform)
        .contains("remedy=");
  }

  private static String sentence(Throwable failure) {
    ClassLoader jars = StartFailureTest.class.getClassLoader();
    return StartFailure.of(new ExecutionException(failure), jars).getMessage();
  }

  private String said(String flag, Object... without) throws Exception {
    return new ChildJvm(directory, Map.of(), "-Xmx256m", flag).run(Child.class, without);
  }

  /** A load that fails, where the natives of some artifact may be left out. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        String name = Path.of(entry).getFileName().toString();
        boolean isNatives = name.endsWith("-" + Loader.getPlatform() + ".jar");
        if (args.length == 0 || !isNatives || !name.startsWith(args[0])) {
          path.add(Path.of(entry).toUri().toURL());
        }
      }
      URLClassLoader loader =
          new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      try {
        Class<?> loads = loader.loadClass(FirstStartsTest.Loads.class.getName());
        loads.getMethod("main", String[].class).invoke(null, (Object) args);
      } catch (InvocationTargetException e) {
        System.out.println(String.valueOf(e.getCause().getMessage()).replace("\n", " NEW LINE "));
      }
    }
  }
}
