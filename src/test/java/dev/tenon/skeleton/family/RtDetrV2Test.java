package dev.tenon.skeleton.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Test;

class RtDetrV2Test {
  private static final String BACKBONE =
      """
      "backbone_config": {"model_type": "rt_detr_resnet", "embedding_size": 8,
        "hidden_sizes": [8, 16], "depths": [1, 1], %s}
      """;

  @Test
  void headsStandInTwoPlacesWhateverTheFlagSays() {
    Skeleton skeleton = detector("\"tie_word_embeddings\": false, \"decoder_layers\": 1");
    assertThat(skeleton.ties())
        .contains(new Tie("class_embed.0.weight", "model.decoder.class_embed.0.weight"))
        .hasSize(2 + 6);
  }

  @Test
  void backboneStagesAreNamedOrCountedFromEitherEnd() {
    for (String stages :
        new String[] {
          "\"out_features\": [\"stem\", \"stage2\"]",
          "\"out_indices\": [0, 2]",
          "\"out_indices\": [-3, -1]"
        }) {
      Skeleton skeleton = detector(BACKBONE.formatted(stages));
      assertThat(shape(skeleton, "model.encoder_input_proj.0.0.weight")).endsWith("8, 1, 1]");
      assertThat(shape(skeleton, "model.encoder_input_proj.1.0.weight")).endsWith("16, 1, 1]");
    }
  }

  @Test
  void frozenNormsAreBuffersWithoutCounter() {
    String norm = "model.backbone.model.embedder.embedder.0.normalization.";
    Skeleton frozen = detector("\"freeze_backbone_batch_norms\": true");
    Skeleton trained = detector("\"freeze_backbone_batch_norms\": false");
    assertThat(frozen.index()).doesNotContainKey(norm + "num_batches_tracked");
    assertThat(trained.index()).containsKey(norm + "num_batches_tracked");
  }

  @Test
  void pointScalesStayFloat32() {
    Skeleton skeleton = detector("\"decoder_layers\": 1");
    String scale = "model.decoder.layers.0.encoder_attn.n_points_scale";
    assertThat(skeleton.slots().get(skeleton.index().get(scale)).fixedDtype()).isTrue();
  }

  @Test
  void anotherBackboneIsRefused() {
    assertThatThrownBy(() -> detector("\"backbone_config\": {\"model_type\": \"swin\"}"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("actual=swin");
    assertThatThrownBy(() -> detector("\"backbone\": \"resnet50\""))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("actual=resnet50");
  }

  @Test
  void olderNamesAreUnderstood() {
    Skeleton skeleton = detector("\"decoder_layers\": 2");
    assertThat(renamed(skeleton, "model.encoder.encoder.0.layers.0.self_attn.out_proj.weight"))
        .isEqualTo("model.encoder.aifi.0.layers.0.self_attn.o_proj.weight");
    assertThat(renamed(skeleton, "model.decoder.layers.1.fc2.bias"))
        .isEqualTo("model.decoder.layers.1.mlp.fc2.bias");
  }

  private static Skeleton detector(String fields) {
    String config = "{\"model_type\": \"rt_detr_v2\", %s}".formatted(fields);
    return Families.skeleton("RTDetrV2ForObjectDetection", Config.parse("test", config));
  }

  private static String shape(Skeleton skeleton, String name) {
    return skeleton.slots().get(skeleton.index().get(name)).shape().toString();
  }

  private static String renamed(Skeleton skeleton, String name) {
    for (Renaming renaming : skeleton.renamings()) {
      name = renaming.apply(name);
    }
    return name;
  }
}
