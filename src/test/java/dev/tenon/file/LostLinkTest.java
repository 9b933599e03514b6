package dev.tenon.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostLinkTest {
  private static final String COMMIT = "0123456789".repeat(4);

  @TempDir private Path root;

  @Test
  void aLinkThatLeadsNowhereSaysWhereItWasToLead() throws IOException {
    assertThat(LostLink.facts(link(root.resolve("file")))).isEqualTo(", link to=gone");
  }

  @Test
  void inTheCacheItHasARemedy() throws IOException {
    Path snapshot = root.resolve("models--org--name/snapshots").resolve(COMMIT);
    Files.createDirectories(snapshot.resolve("onnx"));
    String remedy = ", link to=gone; org/name@" + COMMIT + " with --download brings it again";

    assertThat(LostLink.facts(link(snapshot.resolve("model.safetensors")))).isEqualTo(remedy);
    assertThat(LostLink.facts(link(snapshot.resolve("onnx/file")))).isEqualTo(remedy);
  }

  @Test
  void ofAnythingElseThereIsNothingToSay() throws IOException {
    assertThat(LostLink.facts(root.resolve("none"))).isEmpty();
    assertThat(LostLink.facts(Files.createFile(root.resolve("gone")))).isEmpty();
    assertThat(LostLink.facts(link(root.resolve("link")))).isEmpty();
  }

  private static Path link(Path path) throws IOException {
    return Files.createSymbolicLink(path, Path.of("gone"));
  }
}
