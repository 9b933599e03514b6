package dev.tenon.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.plan.LoadPlan;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.file.Exported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a skeleton comes from: the file given, the file beside, a family, the checkpoint itself.
 */
class SkeletonSourceTest {
  private static final Path OLMOE = new Exported("olmoe").file();
  private static final LoadOptions PLAIN = LoadOptions.defaults();

  @TempDir private Path directory;

  @BeforeEach
  void aConfigOfNoFamily() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"olmoe\"}");
  }

  @Test
  void theFileGiven() {
    LoadOptions options = LoadOptions.builder().skeleton(OLMOE).build();

    assertThat(Tenon.skeleton(directory, options).skeleton().className())
        .isEqualTo("OlmoeForCausalLM");
    LoadOptions other = options.toBuilder().className("OlmoeModel").build();
    assertThatThrownBy(() -> Tenon.skeleton(directory, other))
        .hasMessageContaining("of another class")
        .hasMessageContaining("expected=OlmoeModel, actual=OlmoeForCausalLM");
  }

  @Test
  void theFileBeside() throws IOException {
    Files.copy(OLMOE, directory.resolve("skeleton.json"));

    LoadPlan fromDirectory = Tenon.skeleton(directory, PLAIN);
    LoadPlan fromConfig = Tenon.skeleton(directory.resolve("config.json"), PLAIN);

    assertThat(fromDirectory.skeleton().className()).isEqualTo("OlmoeForCausalLM");
    assertThat(fromConfig.skeleton().className()).isEqualTo("OlmoeForCausalLM");
  }

  @Test
  void theFileBesideIsForItsOwnClass() throws IOException {
    Files.copy(OLMOE, directory.resolve("skeleton.json"));
    LoadOptions other = LoadOptions.builder().className("BertModel").build();

    assertThat(Tenon.skeleton(directory, other).skeleton().className()).isEqualTo("BertModel");
  }

  @Test
  void neitherFileNorFamily() {
    assertThatThrownBy(() -> Tenon.skeleton(directory, PLAIN))
        .hasMessageContaining("Config names no class");
  }

  @Test
  void aModelFromAFileIsTiedAsTheFileSays() {
    LoadOptions options = LoadOptions.builder().skeleton(OLMOE).build();
    try (Model model = Tenon.init(directory, options)) {
      assertThat(model.report().slots()).hasSize(27);
      assertThat(model.report().tied())
          .containsExactly(List.of("model.embed_tokens.weight", "lm_head.weight"));
    }
  }

  @Test
  void transientBuffersAreNeverMissing() {
    LoadOptions options = LoadOptions.builder().skeleton(OLMOE).build();

    assertThat(Tenon.skeleton(directory, options).skeleton().slots())
        .filteredOn(slot -> !slot.persistent())
        .extracting(Slot::name)
        .contains("model.rotary_emb.inv_freq");
  }
}
