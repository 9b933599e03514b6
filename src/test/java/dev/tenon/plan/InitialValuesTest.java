package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.SaveOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A config may leave null what missing tensors are drawn with, as long as none is missing. */
class InitialValuesTest {
  private static final LoadOptions OPTIONS = LoadOptions.defaults();
  private static final String CONFIG =
      """
      {"architectures": ["GPT2Model"], "model_type": "gpt2", "n_layer": 1, "n_embd": 4,
       "n_head": 2, "n_positions": 4, "vocab_size": 5, "initializer_range": RANGE}
      """;

  @TempDir private Path directory;

  private Path config(String range) throws IOException {
    return Files.writeString(directory.resolve("config.json"), CONFIG.replace("RANGE", range));
  }

  @Test
  void whatIsThereNeedsNoneOfThem() throws IOException {
    try (Model model = Tenon.init(config("0.02"), OPTIONS)) {
      model.save(directory, SaveOptions.defaults());
    }
    config("null");
    assertThat(Tenon.plan(directory, OPTIONS).missing()).isEmpty();
    try (Model model = Tenon.load(directory, OPTIONS)) {
      assertThat(model.report().missing()).isEmpty();
    }
  }

  @Test
  void whatIsMissingIsRefusedWithItsFile() throws IOException {
    Path config = config("null");
    assertThat(Tenon.skeleton(config, OPTIONS).missing()).isEmpty();
    assertThatThrownBy(() -> Tenon.init(config, OPTIONS))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("a number that the config leaves null: file=" + config + ", tensor=");
  }

  @Test
  void anInitialiserOfTheCallersMayKnowBetter() throws IOException {
    Path config = config("null");
    LoadOptions all = OPTIONS.toBuilder().initializer((slot, tensor) -> true).build();
    Tenon.init(config, all).close();
    LoadOptions none = OPTIONS.toBuilder().initializer((slot, tensor) -> false).build();
    assertThatThrownBy(() -> Tenon.init(config, none))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("a number that the config leaves null: tensor=");
  }
}
