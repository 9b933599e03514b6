package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handle itself: memory, closing, and how the library is found. */
class NativeCoreTest {
  @TempDir Path folder;

  @BeforeEach
  void assume() {
    NativeCores.assume();
  }

  @Test
  void allocatesPopulatesComparesAndFrees() {
    long bytes = 3 * 1024 * 1024 + 5;
    try (NativeCore core = NativeCore.load(2)) {
      long a = core.allocate(bytes, true);
      long b = core.allocate(bytes, false);
      assertThat(a % (2 << 20)).isZero();
      assertThat(core.residency(a, bytes)).isEqualTo(1);
      core.populate(b, bytes);
      assertThat(core.equal(a, b, bytes)).isTrue();
      core.fill(
          new FillBatch(0).add("w", b + bytes - 4, 0, 1, DType.F32, new Distribution.Constant(1)));
      assertThat(core.equal(a, b, bytes)).isFalse();
      assertThat(core.equal(a, b, bytes - 4)).isTrue();
      NativeCore.free(a, bytes);
      NativeCore.free(b, bytes);
      assertThatThrownBy(() -> core.populate(a, bytes))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("Cannot allocate memory")
          .hasMessageContaining("address=" + a);
    }
  }

  @Test
  void librariesAreCountedAsTheyAreLinked() throws IOException {
    Path any = Path.of(System.getProperty("java.home"), "lib", "libverify.so");
    assumeThat(any).exists();
    long before = NativeCore.libraries();
    assertThat(before).isPositive();
    System.load(Files.copy(any, folder.resolve("libany.so")).toString());
    assertThat(NativeCore.libraries()).isGreaterThan(before);
  }

  @Test
  void isClosedOnceAndUsedNoMore() {
    NativeCore core = NativeCore.load(3);
    assertThat(core.threads()).isEqualTo(3);
    core.close();
    core.close();
    assertThatThrownBy(() -> core.fill(new FillBatch(0)))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> NativeCore.load(0)).isInstanceOf(TenonException.class);
  }

  @Test
  void anOverrideIsUsedAndNotFallenBackFrom() throws Exception {
    Path packed = Path.of(System.getProperty("java.io.tmpdir"), "no-such-library.so");
    assertThat(availableIn("-Ddev.tenon.nativecore.library=" + packed))
        .contains("Cannot load the native core")
        .contains("library=" + packed)
        .contains("dev.tenon.nativecore.library names another");
    Path libc = folder.resolve("another.so");
    Files.copy(Path.of(System.getProperty("java.home"), "lib", "libzip.so"), libc);
    assertThat(availableIn("-Ddev.tenon.nativecore.library=" + libc))
        .contains("Not a native core of Tenon");
    String own = System.mapLibraryName(TenonLibrary.NAME);
    Path library = folder.resolve("moved.so");
    try (var in = TenonLibrary.class.getResourceAsStream(Loader.getPlatform() + "/" + own)) {
      Files.copy(in, library);
    }
    assertThat(availableIn("-Ddev.tenon.nativecore.library=" + library)).isEqualTo("null");
  }

  @Test
  void anUnknownPlatformHasNone() throws Exception {
    assertThat(availableIn("-Dorg.bytedeco.javacpp.platform=plan9-pdp11"))
        .contains("platform=plan9-pdp11");
  }

  /** What another JVM says of the native core. */
  private static String availableIn(String option) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    option,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Availability.class.getName()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  /** Prints why there is no native core, or how it fails. */
  static final class Availability {
    private Availability() {}

    /** Run by the test in a JVM of its own. */
    public static void main(String[] arguments) {
      try {
        System.out.println(NativeCore.unavailable());
      } catch (TenonException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
