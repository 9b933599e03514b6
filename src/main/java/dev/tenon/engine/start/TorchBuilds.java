package dev.tenon.engine.start;

import dev.tenon.TenonException;
import java.util.ArrayList;
import java.util.List;

/**
 * libtorch's natives are the application's choice, and one class path may end up with two builds of
 * them: the second registers what the first one has, and libtorch aborts the JVM.
 */
final class TorchBuilds {
  private static final List<String> EXTENSIONS = List.of("", "-gpu");
  private static final String LIBRARY = System.mapLibraryName("torch_cpu");

  private TorchBuilds() {}

  /**
   * Speaks before libtorch aborts.
   *
   * @param loader that finds libtorch's jars
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @throws TenonException if there are two builds for this platform
   */
  static void refuseTwo(ClassLoader loader, String platform) {
    List<String> found = new ArrayList<>();
    for (String extension : EXTENSIONS) {
      if (has(loader, platform + extension)) {
        found.add(platform + extension);
      }
    }
    if (found.size() > 1) {
      throw new TenonException(
          "Two builds of libtorch are on the class path: found="
              + String.join("|", found)
              + ", remedy=keep one of these classifiers of org.bytedeco:pytorch");
    }
  }

  /** Whether there is a build, such as {@code linux-x86_64-gpu}. */
  static boolean has(ClassLoader loader, String build) {
    return loader.getResource("org/bytedeco/pytorch/" + build + "/" + LIBRARY) != null;
  }
}
