package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {
  private static final String OLD = "1111000000000000000000000000000000000000";
  private static final String NEW = "1111222222222222222222222222222222222222";
  private static final String OTHER = "abcd333333333333333333333333333333333333";

  @TempDir private Path root;
  private Path folder;

  @BeforeEach
  void fill() throws IOException {
    folder = root.resolve("models--org--name");
    for (String commit : new String[] {OLD, NEW, OTHER}) {
      Files.createDirectories(folder.resolve("snapshots").resolve(commit));
    }
    Files.createDirectories(folder.resolve("refs/refs/pr"));
    Files.writeString(folder.resolve("refs/main"), NEW);
    Files.writeString(folder.resolve("refs/v1"), OLD + "\n");
    Files.writeString(folder.resolve("refs/refs/pr/1"), OTHER);
    Files.writeString(folder.resolve("refs/gone"), "f".repeat(40));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/name -> " + NEW,
        "org/name@main -> " + NEW,
        "org/name@v1 -> " + OLD,
        "org/name@refs/pr/1 -> " + OTHER,
        "org/name@" + OLD + " -> " + OLD,
        "org/name@abcd -> " + OTHER,
        "org/name@11110 -> " + OLD
      })
  void aRevisionIsABranchATagOrACommit(String line) {
    String[] parts = line.split(" -> ");

    assertThat(HubCache.at(root).require(ModelName.parse(parts[0])))
        .isEqualTo(folder.resolve("snapshots").resolve(parts[1]));
  }

  @Test
  void anAmbiguousCommitIsAnError() {
    assertThatThrownBy(() -> find("org/name@1111"))
        .isInstanceOf(TenonException.class)
        .hasMessage(
            "Several commits begin with the revision: revision=1111, commits=[%s, %s]", OLD, NEW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"org/name@v2", "org/name@ffff", "org/name@gone", "org/name@abc"})
  void aRevisionThatIsNotThereNamesWhatIs(String name) {
    ModelName model = ModelName.parse(name);

    assertThat(find(name)).isNull();
    assertThatThrownBy(() -> HubCache.at(root).require(model))
        .hasMessage(
            "The cache has the model, but not this revision: model=org/name, revision=%s, folder=%s;"
                + " tenon download fetches it",
            model.revision(), folder);
  }

  @Test
  void aModelThatIsNotThereIsOneErrorWithTheRemedy() {
    assertThatThrownBy(() -> HubCache.at(root).require(ModelName.parse("gpt2")))
        .isInstanceOf(TenonException.class)
        .hasMessage(
            "No such file, and no such model in the cache: model=gpt2, revision=main, folder=%s;"
                + " tenon download fetches it",
            root.resolve("models--gpt2"));
  }

  @Test
  void aRefThatIsNoCommitIsAnError() throws IOException {
    Files.writeString(folder.resolve("refs/bad"), "../../../../etc");

    assertThatThrownBy(() -> find("org/name@bad"))
        .hasMessage(
            "Not a commit in a cache's ref: file=%s; delete the file", folder.resolve("refs/bad"));
  }

  @Test
  void aRefIsReadNoFurtherThanACommitIsLong() throws IOException {
    try (RandomAccessFile huge = new RandomAccessFile(folder.resolve("refs/huge").toFile(), "rw")) {
      huge.write(NEW.getBytes(StandardCharsets.US_ASCII));
      huge.setLength(1L << 40);
    }
    Files.writeString(folder.resolve("refs/more"), NEW + "   ");

    for (String ref : new String[] {"huge", "more"}) {
      assertThatThrownBy(() -> find("org/name@" + ref))
          .isInstanceOf(TenonException.class)
          .hasMessageStartingWith("Not a commit in a cache's ref: file=");
    }
    Files.writeString(folder.resolve("refs/v1"), OLD + "\r\n");
    assertThat(find("org/name@v1")).isNotNull();
  }

  private Path find(String name) {
    return HubCache.at(root).find(ModelName.parse(name));
  }
}
