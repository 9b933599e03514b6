package dev.tenon.nativecore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.Loader;

/**
 * A library of a jar as a file: in JavaCPP's cache, where that is a folder nobody else may write
 * to, else in one of its own for as long as it is being linked. What is there already is taken if
 * it is the jar's, byte for byte.
 *
 * <p>Its directory is called by its checksum, so that no two builds meet. JavaCPP itself would
 * compare sizes and times, which reproducible builds have the same, and a jar's time of day alone
 * takes 10 to 30 ms of a start.
 *
 * @param file to link
 * @param passes whether it is to be deleted once it is linked
 */
record UnpackedLibrary(Path file, boolean passes) {
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * The library, once it is there whole: another process may unpack the same one.
   *
   * @param name of the file
   * @param bytes what is to be in it
   * @throws IOException if there is no folder it can be written to
   */
  static UnpackedLibrary of(String name, byte[] bytes) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    Path cache = Loader.getCacheDir().toPath();
    Path folder = cache.resolve("tenon-" + Long.toHexString(checksum.getValue()));
    if (Files.notExists(folder) && OwnFolder.is(cache)) {
      createPrivate(folder);
    }
    if (!OwnFolder.is(folder)) {
      return passing(name, bytes);
    }
    Path file = folder.resolve(name);
    if (!isThere(file, bytes)) {
      Path whole = Files.createTempFile(folder, "library", ".part");
      try {
        Files.write(whole, bytes);
        // Not written over: another process may have it mapped.
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(whole);
      }
    }
    return new UnpackedLibrary(file, false);
  }

  /** A copy that no one else links, and that is deleted once it is linked. */
  static UnpackedLibrary passing(String name, byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("tenon", PRIVATE);
    return new UnpackedLibrary(Files.write(folder.resolve(name), bytes), true);
  }

  /** Deletes what need not stay. */
  void linked() {
    if (passes) {
      try {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.getParent());
      } catch (IOException e) {
        return; // It is in the system's folder for what may be deleted at any time.
      }
    }
  }

  private static void createPrivate(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, PRIVATE);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) { // Else another process has been faster.
        throw e;
      }
    }
  }

  private static boolean isThere(Path file, byte[] bytes) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == bytes.length
        && Arrays.equals(Files.readAllBytes(file), bytes);
  }
}
