package dev.tenon.engine.start;

import java.io.IOException;
import java.util.List;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The jars in which libtorch's libraries are, where it is certain that JavaCPP will load these and
 * no others.
 *
 * @param blas of openblas
 * @param libtorch of libtorch
 */
record Natives(NativesJar blas, NativesJar libtorch) {
  /** Elsewhere libraries are spelled in other ways. */
  private static final String LINUX = "linux-";

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
   * The jars on a class path or module path.
   *
   * @param loader that finds them
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @return null if there is a CUDA build of libtorch or JavaCPP's binding of CUDA, if the natives
   *     are not in jars, if somebody asked for other libraries, or on another system than Linux
   */
  static @Nullable Natives of(ClassLoader loader, String platform) {
    Properties properties = Loader.loadProperties();
    if (!platform.startsWith(LINUX)
        || properties.containsKey(EXTENSION)
        || somebodyChose()
        || TorchBuilds.has(loader, platform + "-gpu")
        || loader.getResource(CUDA) != null) {
      return null;
    }
    try {
      NativesJar blas = NativesJar.of(loader, "org/bytedeco/openblas/" + platform, "jniopenblas");
      NativesJar libtorch = NativesJar.of(loader, "org/bytedeco/pytorch/" + platform, "jnitorch");
      return blas == null || libtorch == null ? null : new Natives(blas, libtorch);
    } catch (IOException e) {
      return null; // JavaCPP, which reads the same jar, says what is wrong with it.
    }
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
