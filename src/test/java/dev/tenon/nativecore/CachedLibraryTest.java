package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar of the same name, whose library has another content of the same size and time. */
class CachedLibraryTest {
  private static final String ENTRY = "tenon/library.so";

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void jarsAreOpenedAnew() {
    URLConnection.setDefaultUseCaches("jar", false);
    jar = directory.resolve("test-" + UUID.randomUUID() + ".jar");
  }

  @Test
  void anotherContentIsUnpackedAgain() throws Exception {
    write("one");
    Path cached = NativeLoader.file(url());
    assertThat(cached).hasContent("one");
    write("two");
    assertThat(NativeLoader.file(url())).isEqualTo(cached).hasContent("two");
    Object before = Files.getAttribute(cached, "unix:ino");
    assertThat(NativeLoader.file(url())).isEqualTo(cached);
    assertThat(Files.getAttribute(cached, "unix:ino")).isEqualTo(before);
  }

  private URL url() throws IOException {
    return URI.create("jar:" + jar.toUri() + "!/" + ENTRY).toURL();
  }

  private void write(String content) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new ZipEntry(ENTRY);
      entry.setTime(1_000_000_000_000L);
      out.putNextEntry(entry);
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  @AfterEach
  void nothingStaysInTheCache() throws IOException {
    URLConnection.setDefaultUseCaches("jar", true);
    Path cache = Loader.getCacheDir().toPath().resolve(jar.getFileName());
    Files.deleteIfExists(cache.resolve(ENTRY));
    Files.deleteIfExists(cache.resolve("tenon"));
    Files.deleteIfExists(cache);
  }
}
