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
import org.jspecify.annotations.Nullable;

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

  static final URL[] NOWHERE = {};

  private LibrarySearch() {}

  /**
   * Takes the search out.
   *
   * @param known where each library is, by the name it is looked for; empty if it is nowhere
   * @return whether it is out
   */
  static boolean spare(Map<String, URL[]> known) {
    try {
      Map<String, URL[]> found = found();
      for (Map.Entry<String, URL[]> library : known.entrySet()) {
        found.putIfAbsent(library.getKey(), library.getValue());
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false; // Another JavaCPP, or a closed module: it searches, as it would have.
    }
  }

  /**
   * The libraries that are looked for, by the name each is looked for; null where it is in none of
   * the jars.
   *
   * @param callsBlas whether somebody may call OpenBLAS from Java; else its binding, which libtorch
   *     has no use for, is left where it is
   */
  static Map<String, @Nullable NativeEntry> wanted(Natives natives, boolean callsBlas)
      throws IOException {
    Map<String, @Nullable NativeEntry> wanted = new LinkedHashMap<>();
    for (String name : names()) {
      if (name.contains(":") || name.contains("!")) {
        continue; // Not looked for by this name.
      }
      wanted.put(name, callsBlas || !isOfBlasBinding(name) ? find(natives, name) : null);
    }
    return wanted;
  }

  /** Where JavaCPP would find each of them. */
  static Map<String, URL[]> inJars(Map<String, @Nullable NativeEntry> wanted) {
    Map<String, URL[]> known = new LinkedHashMap<>();
    wanted.forEach(
        (name, entry) -> known.put(name, entry == null ? NOWHERE : new URL[] {entry.url()}));
    return known;
  }

  /** The binding of OpenBLAS in two parts, for one of which there is a second copy of OpenBLAS. */
  private static boolean isOfBlasBinding(String name) {
    return name.contains("openblas_nolapack") || name.equals("jniopenblas");
  }

  private static @Nullable NativeEntry find(Natives natives, String name) throws IOException {
    NativeEntry entry = natives.blas().find(name);
    return entry != null ? entry : natives.libtorch().find(name);
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
