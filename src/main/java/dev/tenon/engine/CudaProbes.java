package dev.tenon.engine;

import java.lang.reflect.Field;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.presets.torch;

/**
 * Spares JavaCPP its search for CUDA, which is a third of libtorch's start-up: whatever the build,
 * it looks for some 25 libraries under several names in each jar and each parent package.
 *
 * <p>JavaCPP remembers where it found a library, and what it did not find, it does not search
 * again. It is told so of what only a CUDA build of libtorch needs, and only where there is neither
 * such a build nor JavaCPP's own binding of CUDA, so that nothing else in the process can miss
 * them. It has no public way to be told; where the one used here is closed, it searches.
 */
final class CudaProbes {
  private static final String BINDING = "org/bytedeco/cuda/presets/cudart.class";
  private static final String EXTENSION = "platform.extension";
  private static final String PRELOAD = "platform.preload";
  private static final URL[] NOWHERE = {};

  private CudaProbes() {}

  /**
   * Takes the search out, if nothing can need what it finds.
   *
   * @param loader that finds libtorch's jars
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @return whether it is out
   */
  static boolean spare(ClassLoader loader, String platform) {
    Properties any = Loader.loadProperties();
    if (any.containsKey(EXTENSION)
        || TorchBuilds.has(loader, platform + "-gpu")
        || loader.getResource(BINDING) != null) {
      return false;
    }
    Properties none = new Properties();
    none.putAll(any);
    none.setProperty(EXTENSION, "");
    List<String> needed = Loader.loadProperties(torch.class, none, true).get(PRELOAD);
    try {
      Map<String, URL[]> found = found();
      for (String library : Loader.loadProperties(torch.class, any, true).get(PRELOAD)) {
        if (!needed.contains(library)) {
          found.putIfAbsent(library, NOWHERE);
        }
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Another JavaCPP, or a closed module: it searches, as it would have.
      return false;
    }
  }

  /** What JavaCPP remembers: libraries, and where each was found. */
  @SuppressWarnings("unchecked") // JavaCPP declares it so.
  static Map<String, URL[]> found() throws ReflectiveOperationException {
    Field found = Loader.class.getDeclaredField("foundLibraries");
    found.setAccessible(true);
    return (Map<String, URL[]>) found.get(null);
  }
}
