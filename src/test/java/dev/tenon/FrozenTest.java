package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A parameter that is declared frozen is frozen, wherever its bytes come from. */
class FrozenTest {
  private static final String SLOT = "{\"name\": \"%s\", \"shape\": [4, 2], %s}";
  private static final String TRAINED = "\"kind\": \"parameter\"";
  private static final String FROZEN = "\"kind\": \"parameter\", \"trainable\": false";

  @TempDir private Path directory;
  private Path checkpoint;

  @BeforeEach
  void aCheckpoint() throws IOException {
    checkpoint = directory.resolve("model");
    Path skeleton = skeleton(slot("body.weight", FROZEN), slot("head.weight", TRAINED));
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"none\"}");
    try (Model model = Tenon.init(directory, with(skeleton).build())) {
      assertFrozen(model, "body.weight");
      model.save(checkpoint, SaveOptions.defaults());
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void whatIsLoadedOrMissingStaysFrozen(Residency residency) throws IOException {
    Path skeleton =
        skeleton(
            slot("body.weight", FROZEN),
            slot("head.weight", TRAINED),
            slot("absent.frozen", FROZEN),
            slot("absent.trained", TRAINED),
            slot("counts", "\"kind\": \"buffer\""));
    try (Model model = Tenon.load(checkpoint, with(skeleton).residency(residency).build())) {
      assertThat(model.report().missing()).contains("absent.frozen", "absent.trained");
      assertFrozen(model, "body.weight", "absent.frozen", "counts");
    }
  }

  @Test
  void convertingKeepsIt() throws IOException {
    Path skeleton = skeleton(slot("body.weight", FROZEN), slot("head.weight", TRAINED));
    try (Model model = Tenon.load(checkpoint, with(skeleton).dtype(DType.BF16).build())) {
      assertFrozen(model, "body.weight");
      model.to("cpu", DType.F32);
      assertFrozen(model, "body.weight");
    }
  }

  private static void assertFrozen(Model model, String... frozen) {
    assertThat(model.names())
        .filteredOn(name -> !model.tensor(name).requires_grad())
        .containsExactlyInAnyOrder(frozen);
  }

  private static LoadOptions.Builder with(Path skeleton) {
    return LoadOptions.builder().skeleton(skeleton);
  }

  private static String slot(String name, String rest) {
    return SLOT.formatted(name, rest);
  }

  private Path skeleton(String... slots) throws IOException {
    StringBuilder init = new StringBuilder();
    for (int i = 0; i < slots.length; i++) {
      init.append(i == 0 ? "" : ", ").append("[%d, 0]".formatted(i));
    }
    return Files.writeString(
        directory.resolve("skeleton-of-" + slots.length + ".json"),
        """
        {"format": "tenon-skeleton", "version": 1, "producer": "a test", "class": "Tiny",
         "modelType": "tiny", "baseModelPrefix": "", "slots": [%s], "ties": [], "values": [],
         "rules": [{"rule": "normal", "mean": 0, "std": 1}], "init": [%s]}
        """
            .formatted(String.join(", ", List.of(slots)), init));
  }
}
