package dev.tenon.nativecore;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import org.bytedeco.javacpp.Loader;

/**
 * A library of a jar as a file in JavaCPP's cache. Its directory is called by its checksum, so that
 * no two builds meet. JavaCPP itself would compare sizes and times, which reproducible builds have
 * the same, and a jar's time of day alone takes 10 to 30 ms of a start.
 */
final class UnpackedLibrary {
  private UnpackedLibrary() {}

  /**
   * Where the library is, once it is there whole: another process may unpack the same one.
   *
   * @throws IOException if the cache cannot be written or the jar cannot be read
   */
  static Path of(JarURLConnection jar) throws IOException {
    JarEntry entry = jar.getJarEntry();
    String checksum = Long.toHexString(entry.getCrc());
    Path directory = Loader.getCacheDir().toPath().resolve("tenon-" + checksum);
    Path file = directory.resolve(entry.getName().substring(entry.getName().lastIndexOf('/') + 1));
    if (Files.notExists(file) || Files.size(file) != entry.getSize()) {
      Files.createDirectories(directory);
      Path whole = Files.createTempFile(directory, "library", ".part");
      try (InputStream in = jar.getInputStream()) {
        Files.copy(in, whole, StandardCopyOption.REPLACE_EXISTING);
        // Not written over: another process may have it mapped.
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(whole);
      }
    }
    return file;
  }
}
