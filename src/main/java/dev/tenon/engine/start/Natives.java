package dev.tenon.engine.start;

import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The jars in which libtorch's libraries are.
 *
 * @param blas of openblas
 * @param libtorch of libtorch
 */
record Natives(NativesJar blas, NativesJar libtorch) {
  /** Elsewhere libraries are spelled in other ways. */
  private static final String LINUX = "linux-";

  private static final String GPU = "-gpu";
  private static final String CUDA = "org/bytedeco/cuda/presets/cudart.class";
  private static final String EXTENSION = "platform.extension";

  /** By which users choose another BLAS, other places first, or not to look at all. */
  private static final List<String> CHOICES =
      List.of(
          "org.bytedeco.openblas.load",
          "org.bytedeco.javacpp.pathsFirst",
          "org.bytedeco.javacpp.pathsfirst",
          "org.bytedeco.javacpp.findLibraries",
          "org.bytedeco.javacpp.findlibraries");

  /**
   * The jars on a class path or module path that JavaCPP unpacks libraries from, and perhaps not
   * the only ones.
   *
   * @param loader that finds them
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @return null if the natives are not in jars, if somebody asked for other libraries, or on
   *     another system than Linux
   */
  static @Nullable Natives of(ClassLoader loader, String platform) {
    if (!platform.startsWith(LINUX) || somebodyChose()) {
      return null;
    }
    String build = TorchBuilds.has(loader, platform + GPU) ? platform + GPU : platform;
    try {
      NativesJar blas = NativesJar.of(loader, "org/bytedeco/openblas/" + platform, "jniopenblas");
      NativesJar libtorch = NativesJar.of(loader, "org/bytedeco/pytorch/" + build, "jnitorch");
      return blas == null || libtorch == null ? null : new Natives(blas, libtorch);
    } catch (IOException e) {
      return null; // JavaCPP, which reads the same jar, says what is wrong with it.
    }
  }

  /**
   * Whether JavaCPP loads what is in these jars and nothing else: not if this is a CUDA build, or
   * there is JavaCPP's binding of CUDA.
   */
  boolean areAll(ClassLoader loader) {
    return !Loader.loadProperties().containsKey(EXTENSION)
        && !libtorch.folder().endsWith(GPU)
        && loader.getResource(CUDA) == null;
  }

  private static boolean somebodyChose() {
    for (String choice : CHOICES) {
      if (System.getProperty(choice) != null) {
        return true;
      }
    }
    return false;
  }
}
