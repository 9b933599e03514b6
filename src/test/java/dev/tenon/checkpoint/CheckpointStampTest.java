package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint laid out as in the Hugging Face cache, behind a link of the application's own. */
class CheckpointStampTest {
  @TempDir private Path temporary;

  private Path root;
  private Path blobs;
  private Path snapshots;
  private Path current;

  @BeforeEach
  void lay() throws IOException {
    root = temporary.toRealPath();
    blobs = Files.createDirectories(root.resolve("hub/blobs"));
    snapshots = Files.createDirectories(root.resolve("hub/snapshots"));
    snapshot("one", "aa");
    snapshot("two", "bb");
    Path links = Files.createDirectories(root.resolve("links"));
    Files.createSymbolicLink(links.resolve("deployed"), snapshots.resolve("one"));
    current = Files.createSymbolicLink(root.resolve("current"), Path.of("links/../links/deployed"));
  }

  private void snapshot(String name, String blob) throws IOException {
    Path snapshot = Files.createDirectories(snapshots.resolve(name));
    Files.writeString(blobs.resolve(blob), blob);
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"), Path.of("../../blobs").resolve(blob));
  }

  private void redirect(Path link, Path target) throws IOException {
    Path next = Files.createSymbolicLink(root.resolve("next"), target);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void everyDirectoryOnTheWayIsKnown() {
    assertThat(CheckpointStamp.of(current).directories(current))
        .containsExactlyInAnyOrder(root, root.resolve("links"), snapshots.resolve("one"), blobs);
  }

  @Test
  void aLinkThatLeadsElsewhereChangesTheStamp() throws IOException {
    CheckpointStamp before = CheckpointStamp.of(current);
    assertThat(CheckpointStamp.of(current)).isEqualTo(before);
    redirect(root.resolve("links/deployed"), snapshots.resolve("two"));
    assertThat(CheckpointStamp.of(current)).isNotEqualTo(before);
    redirect(root.resolve("links/deployed"), snapshots.resolve("one"));
    assertThat(CheckpointStamp.of(current)).isEqualTo(before);
  }

  @Test
  void weightsAndWhatDescribesThemCountAndNothingElse() throws IOException {
    Path one = snapshots.resolve("one");
    CheckpointStamp before = CheckpointStamp.of(one);
    Files.writeString(one.resolve("README.md"), "text");
    Files.writeString(one.resolve("tokenizer.json"), "{}");
    assertThat(CheckpointStamp.of(one)).isEqualTo(before);
    for (String file :
        new String[] {"config.json", "skeleton.json", "model.safetensors.index.json"}) {
      Files.writeString(one.resolve(file), "{}");
      CheckpointStamp after = CheckpointStamp.of(one);
      assertThat(after).as(file).isNotEqualTo(before);
      before = after;
    }
  }

  @Test
  void aFileStandsForItsDirectory() throws IOException {
    Path file = snapshots.resolve("one").resolve("model.safetensors");
    CheckpointStamp before = CheckpointStamp.of(file);
    assertThat(before.files()).containsOnlyKeys(file);
    redirect(file, blobs.resolve("bb"));
    assertThat(CheckpointStamp.of(file)).isNotEqualTo(before);
    assertThat(before.directories(file)).containsExactlyInAnyOrder(file.getParent(), blobs);
  }

  @Test
  void whatIsNotThereHasNoStampAndLinksInARingEnd() throws IOException {
    Path ring = Files.createSymbolicLink(root.resolve("ring"), Path.of("ring"));
    assertThat(CheckpointStamp.of(ring).files()).isEmpty();
    assertThat(CheckpointStamp.of(ring).directories(ring)).containsExactly(root);
    Path away = root.resolve("away/model.safetensors");
    assertThat(CheckpointStamp.of(away).files()).isEmpty();
    assertThat(CheckpointStamp.of(away).directories(away)).containsExactly(root);
  }
}
