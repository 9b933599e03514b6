package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibraryTest {
  private static final String ENTRY = "tenon/library.so";

  @TempDir private Path directory;
  private final List<Path> unpacked = new ArrayList<>();

  /** Jars of one name, whose library differs in content alone, not in size and time. */
  @Test
  void everyBuildHasItsOwn() throws IOException {
    String one = UUID.randomUUID().toString();
    String two = UUID.randomUUID().toString();
    Path first = unpack(one);
    assertThat(first).hasContent(one);
    assertThat(unpack(two)).hasContent(two);
    assertThat(first).hasContent(one);
  }

  @Test
  void whatIsThereIsLeftAlone() throws IOException {
    String content = UUID.randomUUID().toString();
    Path file = unpack(content);
    Object inode = Files.getAttribute(file, "unix:ino");
    assertThat(unpack(content)).isEqualTo(file);
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void oneThatWasCutShortIsUnpackedAgain() throws IOException {
    String content = UUID.randomUUID().toString();
    Path file = unpack(content);
    Files.writeString(file, "cut short");
    assertThat(unpack(content)).isEqualTo(file).hasContent(content);
  }

  private Path unpack(String content) throws IOException {
    Path jar = directory.resolve("test.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new ZipEntry(ENTRY);
      entry.setTime(1_000_000_000_000L);
      out.putNextEntry(entry);
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    URLConnection url = URI.create("jar:" + jar.toUri() + "!/" + ENTRY).toURL().openConnection();
    url.setUseCaches(false);
    Path file = UnpackedLibrary.of((JarURLConnection) url);
    unpacked.add(file);
    return file;
  }

  @AfterEach
  void nothingStaysInTheCache() throws IOException {
    for (Path file : unpacked) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.getParent());
    }
  }
}
