package dev.tenon.skeleton.registry;

import dev.tenon.skeleton.build.Family;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The families on the class path or module path, in its order. Classes are looked for once and no
 * further than needed: a load that knows its model type should not pay for fifty others.
 */
final class Registry {
  private static final String OWN = Registry.class.getPackageName() + ".family";

  private static final List<ServiceLoader.Provider<Family>> KNOWN = new ArrayList<>();
  private static final Iterator<ServiceLoader.Provider<Family>> REST =
      ServiceLoader.load(Family.class, Family.class.getClassLoader()).stream().iterator();

  private Registry() {}

  /** Every family there is. */
  static List<Family> all() {
    List<Family> families = new ArrayList<>();
    for (int i = 0; ; i++) {
      ServiceLoader.Provider<Family> provider = provider(i);
      if (provider == null) {
        return families;
      }
      families.add(provider.get());
    }
  }

  /** The first family of a model type, or null if there is none. */
  static @Nullable Family find(String modelType) {
    for (int i = 0; ; i++) {
      ServiceLoader.Provider<Family> provider = provider(i);
      if (provider == null) {
        return null;
      }
      if (may(provider.type(), modelType)) {
        Family family = provider.get();
        if (family.modelType().equals(modelType)) {
          return family;
        }
      }
    }
  }

  /** Whether a class may be a type's family: Tenon's own are called by their types. */
  private static boolean may(Class<?> family, String modelType) {
    return !family.getPackageName().equals(OWN)
        || family.getSimpleName().toLowerCase(Locale.ROOT).equals(letters(modelType));
  }

  private static String letters(String modelType) {
    return modelType.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  private static ServiceLoader.@Nullable Provider<Family> provider(int index) {
    synchronized (KNOWN) {
      while (KNOWN.size() <= index && REST.hasNext()) {
        KNOWN.add(REST.next());
      }
      return index < KNOWN.size() ? KNOWN.get(index) : null;
    }
  }
}
