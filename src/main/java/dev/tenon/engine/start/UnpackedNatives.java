package dev.tenon.engine.start;

import dev.tenon.TenonException;
import dev.tenon.nativecore.OwnFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's libraries unpacked into JavaCPP's cache, all of them before the first is linked.
 *
 * <p>JavaCPP unpacks each when it comes to it, writing it in its place. But a library that is
 * linked draws in those beside it, whole or not: so a process that starts while another one
 * unpacks, or after one that was killed as it did, dies of SIGBUS in the dynamic linker. Here each
 * is written elsewhere, looked at, and moved into its place, under the lock JavaCPP takes for the
 * same.
 */
final class UnpackedNatives {
  private static final String UNPACKING = "unpacking";

  /** Offsets of time zones are multiples of it; a jar's time is in the time zone of who asks. */
  private static final long ZONE_STEP = TimeUnit.MINUTES.toMillis(15);

  /** By which users have JavaCPP unpack to another place, or nothing at all. */
  private static final List<String> CHOICES =
      List.of(
          "org.bytedeco.javacpp.cacheLibraries",
          "org.bytedeco.javacpp.cachelibraries",
          "org.bytedeco.javacpp.cachedir.nosubdir");

  private final Map<String, @Nullable NativeEntry> libraries;
  private final boolean areAll;

  private UnpackedNatives(Map<String, @Nullable NativeEntry> libraries, boolean areAll) {
    this.libraries = libraries;
    this.areAll = areAll;
  }

  /**
   * What is to be unpacked; nothing is yet.
   *
   * @param loader that finds the jars
   * @param platform in JavaCPP's words, such as {@code linux-x86_64}
   * @param callsBlas whether somebody may call OpenBLAS from Java
   * @return null where all is left to JavaCPP
   */
  static @Nullable UnpackedNatives find(ClassLoader loader, String platform, boolean callsBlas) {
    Natives natives = Natives.of(loader, platform);
    try {
      return natives == null
          ? null
          : new UnpackedNatives(LibrarySearch.wanted(natives, callsBlas), natives.areAll(loader));
    } catch (IOException e) {
      return null; // JavaCPP, which reads the same jars, says what is wrong with them.
    }
  }

  /**
   * Unpacks what is not there, and spares JavaCPP the search for it, where that is certain.
   *
   * @throws IOException if the cache cannot be written or a jar cannot be read
   * @throws TenonException if others may write to the cache, or there is another libtorch already
   */
  void provide() throws IOException {
    Map<String, URL[]> known = LibrarySearch.inJars(libraries);
    if (areWanted()) {
      Path cache = Loader.getCacheDir().toPath();
      requireOwn(cache);
      ForeignTorch.refuse(libraries.values(), cache);
      unpack(libraries.values(), cache);
      known = urls(libraries, cache);
    }
    if (areAll) {
      LibrarySearch.spare(known);
    }
  }

  /**
   * Where nobody chose a cache and there is no home to have one in, JavaCPP takes a folder for all
   * users' temporary files, which any of them may have made first.
   */
  private static void requireOwn(Path cache) throws IOException {
    Path shared = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    String name = ".javacpp-" + System.getProperty("user.name");
    if (cache.startsWith(shared.resolve(name)) && !OwnFolder.is(cache)) {
      throw new TenonException(
          "Others may write to the folder libtorch is loaded from: cache="
              + cache
              + ", remedy=-Dorg.bytedeco.javacpp.cachedir=DIR, a folder of one's own");
    }
  }

  /** Whether JavaCPP's cache is as it is by default. */
  private static boolean areWanted() {
    for (String choice : CHOICES) {
      if (System.getProperty(choice) != null) {
        return false;
      }
    }
    return true;
  }

  /**
   * Unpacks what is not there, or not right: a file is as large as the jar says, and as old.
   *
   * @param cache JavaCPP's
   * @throws IOException if the cache cannot be written or a jar cannot be read
   */
  static void unpack(Collection<@Nullable NativeEntry> libraries, Path cache) throws IOException {
    if (wrong(libraries, cache).isEmpty()) {
      return;
    }
    // As JavaCPP does: two class loaders have two of its classes, but there is one runtime.
    synchronized (Runtime.getRuntime()) {
      try (FileChannel file =
              FileChannel.open(
                  cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        assert lock.isValid();
        for (var folder : wrong(libraries, cache).entrySet()) {
          fill(folder.getKey(), folder.getValue().values());
        }
      }
    }
  }

  /** Where each library is by now. */
  private static Map<String, URL[]> urls(Map<String, @Nullable NativeEntry> libraries, Path cache)
      throws IOException {
    Map<String, URL[]> urls = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable NativeEntry> library : libraries.entrySet()) {
      NativeEntry entry = library.getValue();
      urls.put(
          library.getKey(),
          entry == null ? LibrarySearch.NOWHERE : new URL[] {entry.in(cache).toUri().toURL()});
    }
    return urls;
  }

  /** By folder and name: one library may be looked for by several names. */
  private static Map<Path, Map<String, NativeEntry>> wrong(
      Collection<@Nullable NativeEntry> libraries, Path cache) throws IOException {
    Map<Path, Map<String, NativeEntry>> wrong = new LinkedHashMap<>();
    for (NativeEntry library : libraries) {
      if (library != null && !isRight(library.in(cache), library)) {
        wrong
            .computeIfAbsent(library.in(cache).getParent(), folder -> new LinkedHashMap<>())
            .put(library.name(), library);
      }
    }
    return wrong;
  }

  private static boolean isRight(Path file, NativeEntry library) throws IOException {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      long older = library.entry().getTime() - is.lastModifiedTime().toMillis();
      return is.isRegularFile()
          && is.size() == library.entry().getSize()
          && older % ZONE_STEP == 0
          && Math.abs(older) <= TimeUnit.HOURS.toMillis(26);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void fill(Path folder, Collection<NativeEntry> libraries) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> killed = Files.newDirectoryStream(folder, UNPACKING + "*")) {
      for (Path left : killed) {
        delete(left);
      }
    }
    Path aside = Files.createTempDirectory(folder, UNPACKING);
    try {
      for (NativeEntry library : libraries) {
        write(library, aside.resolve(library.name()));
      }
      for (NativeEntry library : libraries) {
        Files.move(
            aside.resolve(library.name()),
            folder.resolve(library.name()),
            StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      delete(aside);
    }
  }

  private static void write(NativeEntry library, Path file) throws IOException {
    try (InputStream in = library.jar().getInputStream(library.entry())) {
      Files.copy(in, file);
    }
    if (Files.size(file) != library.entry().getSize()) {
      throw new IOException(
          "%s has %d bytes of %d".formatted(file, Files.size(file), library.entry().getSize()));
    }
    Files.setLastModifiedTime(file, FileTime.fromMillis(library.entry().getTime()));
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
