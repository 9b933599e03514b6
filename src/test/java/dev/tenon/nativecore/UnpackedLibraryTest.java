package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnpackedLibraryTest {
  private static final String NAME = "library.so";

  private final List<Path> unpacked = new ArrayList<>();

  /** Of one name, differing in content alone, not in size. */
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

  /** Who may write to the folder may change the file between a look at it and the linking. */
  @Test
  void aFolderOthersWriteToIsNotUsed() throws IOException {
    byte[] content = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    Path cached = unpack(new String(content, StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(cached.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    UnpackedLibrary library = UnpackedLibrary.of(NAME, content);
    assertThat(library.file()).isNotEqualTo(cached).hasBinaryContent(content);
    assertThat(Files.getPosixFilePermissions(library.file().getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    library.linked();
    assertThat(library.file().getParent()).doesNotExist();
  }

  /** Of the right size, where Tenon looks. */
  @Test
  void whatSomebodyPlantedIsReplaced() throws IOException {
    String content = UUID.randomUUID().toString();
    Path file = unpack(content);
    Files.writeString(file, "x".repeat(content.length()));
    assertThat(unpack(content)).isEqualTo(file).hasContent(content);
  }

  private Path unpack(String content) throws IOException {
    Path file = UnpackedLibrary.of(NAME, content.getBytes(StandardCharsets.UTF_8)).file();
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
