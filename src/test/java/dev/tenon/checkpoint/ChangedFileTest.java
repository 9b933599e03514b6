package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangedFileTest {
  @TempDir private Path directory;
  private Path file;
  private FileStamp then;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(directory.resolve("f"), new byte[100]);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1234));
    then = FileStamp.of(file);
  }

  private ChangedFile changed() {
    ChangedFile changed = ChangedFile.of(file, then);
    assertThat(changed).isNotNull();
    return changed;
  }

  @Test
  void whatNobodyTouchedHasNotChanged() {
    assertThat(ChangedFile.of(file, then)).isNull();
  }

  @Test
  void aFileThatWentAwayIsGone() throws IOException {
    Files.delete(file);
    assertThat(changed().kind()).isEqualTo(ChangedFile.Kind.GONE);
    assertThat(changed().message())
        .isEqualTo("Weight file went away after its header was read: file=" + file);
  }

  @Test
  void aFileOfTheSameSizeAndTimeIsAnother() throws IOException {
    Path other = Files.write(directory.resolve("g"), new byte[100]);
    Files.setLastModifiedTime(other, FileTime.fromMillis(1234));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(changed().kind()).isEqualTo(ChangedFile.Kind.REPLACED);
    assertThat(changed().message()).contains("expected=device ", "actual=device ");
  }

  @Test
  void aShorterFileWasTruncated() throws IOException {
    Files.write(file, new byte[99]);
    assertThat(changed().kind()).isEqualTo(ChangedFile.Kind.TRUNCATED);
    assertThat(changed().message()).endsWith("file=" + file + ", expected=100, actual=99");
  }

  @Test
  void aLaterTimeMeansAWrite() throws IOException {
    Files.write(file, new byte[100]);
    assertThat(changed().kind()).isEqualTo(ChangedFile.Kind.WRITTEN);
    assertThat(changed().message()).contains("was written to", "expected=1970-01-01T00:00:01.234Z");
  }
}
