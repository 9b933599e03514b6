package dev.tenon.engine.start;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Another library's libtorch in this process, such as DJL's: the second registers what the first
 * one has, and aborts the JVM, or is bound to the first one's functions, of another version.
 */
final class ForeignTorch {
  private static final Path MAPS = Path.of("/proc/self/maps");

  /** Every libtorch has it. */
  private static final String LIBRARY = "/libtorch_cpu.so";

  private static final String DELETED = " (deleted)";
  private static final String REMEDY =
      ", remedy=use Tenon and the engine that brought it, such as DJL's, in processes of their own";

  /** Reading what is mapped takes half a warm load's time. */
  private static volatile @Nullable Look last;

  private ForeignTorch() {}

  /**
   * Speaks before a second libtorch is loaded. Does nothing where the system does not tell.
   *
   * @param own the libraries about to be loaded, which another class loader may have loaded
   * @param cache where they are unpacked
   * @throws TenonException if there is one already
   */
  static void refuse(Collection<@Nullable NativeEntry> own, Path cache) {
    Set<String> paths = new HashSet<>();
    for (NativeEntry library : own) {
      if (library != null) {
        paths.add(real(library.in(cache)));
      }
    }
    String foreign = find(paths);
    if (foreign != null) {
      throw new TenonException(
          "Another libtorch is loaded in this process, and two of them end it: library="
              + foreign
              + REMEDY);
    }
  }

  /**
   * What there is to say of one that came after Tenon's, which it could not be kept from. Looks
   * again only when something has been linked; without the native core, which tells that, once.
   *
   * @return null if none has come, or the system does not tell
   */
  static @Nullable String warning() {
    long libraries = NativeCore.libraries(); // Before the look, during which another may come.
    Look look = last;
    if (look == null || look.libraries != libraries) {
      look = new Look(libraries, look());
      last = look;
    }
    return look.warning;
  }

  private static @Nullable String look() {
    Set<String> paths = new HashSet<>();
    for (String library : Loader.getLoadedLibraries().values()) {
      if (library.endsWith(LIBRARY)) {
        paths.add(real(Path.of(library)));
      }
    }
    String foreign = paths.isEmpty() ? null : find(paths);
    return foreign == null
        ? null
        : "Another libtorch came into this process after Tenon's, and either may call the other's"
            + " functions: library="
            + foreign
            + REMEDY;
  }

  /** As the system calls a file it has mapped: without links. */
  private static String real(Path library) {
    try {
      return library.toRealPath().toString();
    } catch (IOException e) {
      return library.toString(); // Not unpacked yet, or deleted meanwhile.
    }
  }

  private static @Nullable String find(Set<String> own) {
    try {
      for (String line : Files.readAllLines(MAPS)) {
        int path = line.indexOf('/');
        if (path >= 0 && line.contains(LIBRARY)) {
          String library = line.substring(path);
          if (!own.contains(library.replace(DELETED, ""))) {
            return library;
          }
        }
      }
    } catch (IOException e) {
      return null; // Another system, or one that hides it.
    }
    return null;
  }

  /** What was seen when the process had linked so many libraries. */
  private record Look(long libraries, @Nullable String warning) {}
}
