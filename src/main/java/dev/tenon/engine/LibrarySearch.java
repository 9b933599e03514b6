package dev.tenon.engine;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.presets.torch;

/**
 * Spares JavaCPP its search for libraries, a third of libtorch's start-up. Each of some 50 names,
 * of which CUDA's are 25, it looks for in several spellings, in several packages, in each jar and
 * in each module of the JDK.
 *
 * <p>JavaCPP remembers where it found a library, and what it did not find, it does not search
 * again. It is told so here: what the jars of the natives hold is in them, and nothing else is
 * anywhere. Only where that is so: not if a class path has a CUDA build of libtorch, JavaCPP's own
 * binding of CUDA or natives elsewhere than in jars, nor if somebody asked for other libraries. It
 * has no public way to be told; where the one used here is closed, it searches.
 */
final class LibrarySearch {
  /** Elsewhere libraries are spelled in other ways. */
  private static final String LINUX = "linux-";

  private static final String CUDA = "org/bytedeco/cuda/presets/cudart.class";
  private static final String EXTENSION = "platform.extension";

  /** By which users choose another BLAS or the order of places. */
  private static final List<String> CHOICES =
      List.of("org.bytedeco.openblas.load", "org.bytedeco.javacpp.pathsFirst");

  private static final List<String> BINDINGS =
      List.of("jniopenblas_nolapack", "jniopenblas", "jnitorch");

  private static final URL[] NOWHERE = {};

  private LibrarySearch() {}

  /**
   * Takes the search out, if it can find nothing else.
   *
   * @param loader that finds libtorch's jars
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @return whether it is out
   */
  static boolean spare(ClassLoader loader, String platform) {
    Properties properties = Loader.loadProperties();
    if (!platform.startsWith(LINUX)
        || properties.containsKey(EXTENSION)
        || CHOICES.stream().anyMatch(choice -> System.getProperty(choice) != null)
        || TorchBuilds.has(loader, platform + "-gpu")
        || loader.getResource(CUDA) != null) {
      return false;
    }
    try {
      NativesJar blas = NativesJar.of(loader, "org/bytedeco/openblas/" + platform, BINDINGS.get(0));
      NativesJar libtorch =
          NativesJar.of(loader, "org/bytedeco/pytorch/" + platform, BINDINGS.get(2));
      if (blas == null || libtorch == null) {
        return false;
      }
      Map<String, URL[]> found = found();
      for (String name : names(properties)) {
        URL url = blas.find(name);
        url = url != null ? url : libtorch.find(name);
        found.putIfAbsent(name, url == null ? NOWHERE : new URL[] {url});
      }
      return true;
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      // Another JavaCPP, a closed module, a jar that cannot be read: it searches, as it would have.
      return false;
    }
  }

  /** All that is looked for on the way to libtorch. */
  private static Set<String> names(Properties properties) {
    Set<String> names = new LinkedHashSet<>(BINDINGS);
    for (Class<?> binding : List.of(openblas_nolapack.class, torch.class)) {
      ClassProperties wanted = Loader.loadProperties(binding, properties, true);
      names.addAll(wanted.get("platform.preload"));
      names.addAll(wanted.get("platform.link"));
    }
    names.removeIf(
        name -> name.contains(":") || name.contains("!")); // Not looked for by this name.
    return names;
  }

  /** What JavaCPP remembers: libraries, and where each was found. */
  @SuppressWarnings("unchecked") // JavaCPP declares it so.
  static Map<String, URL[]> found() throws ReflectiveOperationException {
    Field found = Loader.class.getDeclaredField("foundLibraries");
    found.setAccessible(true);
    return (Map<String, URL[]>) found.get(null);
  }
}
