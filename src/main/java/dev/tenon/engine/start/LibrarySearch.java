package dev.tenon.engine.start;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.util.LinkedHashMap;
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
 * anywhere; nor, where nobody calls it, OpenBLAS's own binding. It has no public way to be told;
 * where the one used here is closed, it searches.
 */
final class LibrarySearch {
  private static final List<String> BINDINGS =
      List.of("jniopenblas_nolapack", "jniopenblas", "jnitorch");

  private static final URL[] NOWHERE = {};

  private LibrarySearch() {}

  /**
   * Takes the search out.
   *
   * @param callsBlas whether somebody may call OpenBLAS from Java; else its binding, which libtorch
   *     has no use for, is left where it is
   * @return whether it is out
   */
  static boolean spare(Natives natives, boolean callsBlas) {
    try {
      Map<String, URL[]> found = found();
      for (Map.Entry<String, URL[]> known : known(natives, callsBlas).entrySet()) {
        found.putIfAbsent(known.getKey(), known.getValue());
      }
      return true;
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      return false; // Another JavaCPP, or a closed module: it searches, as it would have.
    }
  }

  /** Where each library is, by the name it is looked for. */
  static Map<String, URL[]> known(Natives natives, boolean callsBlas) throws IOException {
    Map<String, URL[]> known = new LinkedHashMap<>();
    for (String name : names()) {
      if (name.contains(":") || name.contains("!")) {
        continue; // Not looked for by this name.
      }
      boolean wanted = callsBlas || !isOfBlasBinding(name);
      known.put(name, wanted ? find(natives, name) : NOWHERE);
    }
    return known;
  }

  /** The binding of OpenBLAS in two parts, for one of which there is a second copy of OpenBLAS. */
  private static boolean isOfBlasBinding(String name) {
    return name.contains("openblas_nolapack") || name.equals("jniopenblas");
  }

  private static URL[] find(Natives natives, String name) throws IOException {
    URL url = natives.blas().find(name);
    url = url != null ? url : natives.libtorch().find(name);
    return url == null ? NOWHERE : new URL[] {url};
  }

  /** All that is looked for on the way to libtorch. */
  private static Set<String> names() {
    Properties properties = Loader.loadProperties();
    Set<String> names = new LinkedHashSet<>(BINDINGS);
    for (Class<?> binding : List.of(openblas_nolapack.class, torch.class)) {
      ClassProperties wanted = Loader.loadProperties(binding, properties, true);
      names.addAll(wanted.get("platform.preload"));
      names.addAll(wanted.get("platform.link"));
    }
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
