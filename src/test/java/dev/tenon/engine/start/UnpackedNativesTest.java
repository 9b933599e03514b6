package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedNativesTest {
  private static final String FOLDER = "org/bytedeco/test/linux-x86_64";
  private static final String CONTENT = "a library, or so";

  @TempDir private Path directory;
  private JarFile jar;
  private NativeEntry library;

  @BeforeEach
  void makeJar() throws IOException {
    Path file = directory.resolve("natives.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
      ZipEntry entry = new ZipEntry(FOLDER + "/libtest.so");
      entry.setTime(1_000_000_000_000L);
      out.putNextEntry(entry);
      out.write(CONTENT.getBytes(StandardCharsets.UTF_8));
    }
    jar = new JarFile(file.toFile());
    library =
        new NativeEntry(
            jar,
            jar.getJarEntry(FOLDER + "/libtest.so"),
            new URL("jar:" + file.toUri() + "!/" + FOLDER + "/libtest.so"),
            "libtest.so");
  }

  @AfterEach
  void closeJar() throws IOException {
    jar.close();
  }

  /** As JavaCPP lays it out, so that it need not unpack it again. */
  @Test
  void itIsWhereJavaCppLooksForItAndAsOld() throws IOException {
    assertThat(unpack()).hasContent(CONTENT);
    assertThat(unpack())
        .isEqualTo(directory.resolve("cache/natives.jar/" + FOLDER + "/libtest.so"));
    assertThat(Files.getLastModifiedTime(unpack()).toMillis()).isEqualTo(library.entry().getTime());
  }

  @Test
  void whatIsRightIsLeftAlone() throws IOException {
    Object inode = Files.getAttribute(unpack(), "unix:ino");
    assertThat(Files.getAttribute(unpack(), "unix:ino")).isEqualTo(inode);
  }

  /** A jar's times have no time zone, and processes that share a cache may live in several. */
  @Test
  void thatOfAnotherTimeZoneIsRight() throws IOException {
    Path file = unpack();
    Object inode = Files.getAttribute(file, "unix:ino");
    age(file, Duration.ofMinutes(345));
    assertThat(Files.getAttribute(unpack(), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void oneThatWasCutOrIsYoungerIsUnpackedAgain() throws IOException {
    Path file = unpack();
    Files.writeString(file, "a lib");
    age(file, Duration.ZERO);
    assertThat(unpack()).hasContent(CONTENT);
    Files.writeString(file, "x".repeat(CONTENT.length()));
    assertThat(unpack()).hasContent(CONTENT);
  }

  @Test
  void whatAKilledProcessLeftIsDeleted() throws IOException {
    Path file = unpack();
    Path left = Files.createDirectory(file.resolveSibling("unpacking123"));
    Files.writeString(left.resolve("libtest.so"), "a li");
    Files.delete(file);
    try (var files = Files.list(unpack().getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  private void age(Path file, Duration by) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(library.entry().getTime() + by.toMillis()));
  }

  private Path unpack() throws IOException {
    Path cache = Files.createDirectories(directory.resolve("cache"));
    UnpackedNatives.unpack(List.of(library, library), cache);
    return library.in(cache);
  }
}
