package dev.tenon.engine.start;

import dev.tenon.lang.SideThread;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;

/**
 * The classes of libtorch's binding, loaded beside its libraries. When the binding is linked, its
 * native side asks for nearly all of them, 1,700, one after the other: a quarter of a second in
 * which nothing else could go on, if they were not there by then.
 */
final class BindingClasses {
  private static final String PACKAGE = "org/bytedeco/pytorch/";
  private static final String SUFFIX = ".class";

  /** The largest ones, of one to three megabytes, which JavaCPP comes to first. */
  private static final List<String> GLOBALS =
      List.of("org.bytedeco.openblas.global.openblas", "org.bytedeco.pytorch.global.torch");

  /** What a load uses, in the order it does, but for what it begins with. */
  private static final List<String> OF_A_LOAD =
      List.of(
          "org.bytedeco.pytorch.PointerConsumer",
          "org.bytedeco.pytorch.AutoDispatchBelowADInplaceOrView",
          "org.bytedeco.pytorch.TensorVector",
          "org.bytedeco.pytorch.Storage",
          "org.bytedeco.pytorch.Scalar");

  /** Nanoseconds: from a jar they take 50 ms, from an archive of classes 3 at most. */
  private static final long AT_ONCE = 5_000_000;

  private BindingClasses() {}

  /** Begins to load them, on a thread of its own, if they are in a jar. */
  static void begin(ClassLoader loader) {
    URL one = loader.getResource(PACKAGE + "Tensor" + SUFFIX);
    if (Runtime.getRuntime().availableProcessors() > 1 && one != null) {
      SideThread.startIfThereIsRoom("tenon-binding", () -> load(one, loader));
    }
  }

  /**
   * Initialises those a load uses. Each looks for its library anew, which takes it milliseconds,
   * and finds it loaded: so libtorch has to be there.
   */
  static void initialize(ClassLoader loader) {
    try {
      for (String name : OF_A_LOAD) {
        Class.forName(name, true, loader);
      }
    } catch (ClassNotFoundException | RuntimeException | LinkageError | OutOfMemoryError e) {
      return; // They are initialised when they are used, and what is wrong is said then.
    }
  }

  private static void load(URL one, ClassLoader loader) {
    try {
      long start = System.nanoTime();
      for (String name : GLOBALS) {
        Class.forName(name, false, loader);
      }
      if (System.nanoTime() - start < AT_ONCE) {
        return; // They have been loaded before, or are in an archive, and so all others.
      }
      if (one.openConnection() instanceof JarURLConnection connection) {
        Enumeration<JarEntry> entries = connection.getJarFile().entries();
        while (entries.hasMoreElements()) {
          String name = className(entries.nextElement().getName());
          if (name != null) {
            Class.forName(name, false, loader);
          }
        }
      }
    } catch (IOException
        | ClassNotFoundException
        | RuntimeException
        | LinkageError
        | OutOfMemoryError e) {
      return; // They are loaded when they are asked for, and what is wrong is said then.
    }
  }

  private static @Nullable String className(String entry) {
    boolean own = entry.startsWith(PACKAGE) && entry.indexOf('/', PACKAGE.length()) < 0;
    return own && entry.endsWith(SUFFIX)
        ? entry.substring(0, entry.length() - SUFFIX.length()).replace('/', '.')
        : null;
  }
}
