package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.cli.demo.DemoCheckpoint;
import dev.tenon.cli.demo.DemoShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  /** Gemma 2 with a file for every 20 kB. */
  private static final DemoShape TINY = new DemoShape("tiny", 64, 16, 32, 2, 4, 20_000);

  @TempDir private Path dir;

  @Test
  void theCheckpointIsValidAndComplete() {
    DemoCheckpoint checkpoint = DemoCheckpoint.make(dir, TINY);

    assertThat(Tenon.verify(checkpoint.tied(), true).tensors()).isEqualTo(24);
    try (Model model = Tenon.load(checkpoint.tied(), LoadOptions.defaults())) {
      assertThat(model.report().missing()).isEmpty();
      assertThat(model.report().unexpected()).isEmpty();
      assertThat(model.tied()).hasSize(1);
    }
  }

  @Test
  void theUntiedTwinLacksItsHeadAlone() {
    DemoCheckpoint checkpoint = DemoCheckpoint.make(dir, TINY);

    assertThat(Tenon.plan(checkpoint.untied(), LoadOptions.defaults()).missing())
        .containsExactly("lm_head.weight");
  }

  @Test
  void largeCheckpointsAreCutIntoFiles() {
    DemoCheckpoint checkpoint =
        DemoCheckpoint.make(dir, new DemoShape("cut", 64, 16, 32, 2, 4, 4_000));

    assertThat(checkpoint.tied().resolve("model-00001-of-00005.safetensors")).isRegularFile();
    assertThat(Tenon.verify(checkpoint.tied(), false).files()).isEqualTo(5);
  }

  @Test
  void aFinishedCheckpointIsTakenAsItIs() throws IOException {
    Path file = DemoCheckpoint.make(dir, TINY).tied().resolve("model.safetensors");
    FileTime past = FileTime.fromMillis(0);
    Files.setLastModifiedTime(file, past);

    DemoCheckpoint.make(dir, TINY);

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(past);
  }

  @Test
  void theFullShapeIsTheRealOnes() throws IOException {
    Path config = Files.writeString(dir.resolve("config.json"), DemoShape.FULL.config(true));

    JsonNode skeleton = Cli.run("skeleton", config, "--json").json();

    assertThat(skeleton.get("parameters")).hasSize(289);
    assertThat(skeleton.get("parameters").get(0).get("shape").toString())
        .isEqualTo("[256000,2304]");
    assertThat(skeleton.get("tied").has("lm_head.weight")).isTrue();
  }
}
