package dev.tenon.skeleton.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Test;

/** What the golden configs leave out: other norms of the codec, ties that are off. */
class BarkTest {
  @Test
  void headsAreTiedToTheNextCodebooksInput() {
    assertThat(fine("\"n_codes_total\": 3").ties())
        .containsExactly(
            new Tie("lm_heads.0.weight", "input_embeds_layers.1.weight"),
            new Tie("lm_heads.1.weight", "input_embeds_layers.2.weight"));
    assertThat(fine("\"tie_word_embeddings\": false").ties()).isEmpty();
  }

  @Test
  void aCodecWithGroupNormsHasPlainConvolutions() {
    Skeleton skeleton = bark("\"norm_type\": \"time_group_norm\"");
    assertThat(skeleton.index())
        .containsKeys(
            "codec_model.encoder.layers.0.conv.weight", "codec_model.encoder.layers.0.norm.weight")
        .doesNotContainKey("codec_model.encoder.layers.0.conv.parametrizations.weight.original0");
  }

  @Test
  void bandwidthAndFrameRateDecideHowManyQuantizers() {
    Skeleton skeleton =
        bark(
            "\"target_bandwidths\": [3.0, 12.0], \"sampling_rate\": 48000, \"codebook_size\": 256");
    assertThat(skeleton.index())
        .containsKey("codec_model.quantizer.layers.9.codebook.embed")
        .doesNotContainKey("codec_model.quantizer.layers.10.codebook.embed");
  }

  @Test
  void anotherCodecIsRefused() {
    assertThatThrownBy(() -> bark("\"model_type\": \"dac\""))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("actual=dac");
  }

  private static Skeleton fine(String fields) {
    return Families.skeleton("BarkFineModel", Config.parse("test", "{%s}".formatted(fields)));
  }

  private static Skeleton bark(String codec) {
    String config = "{\"model_type\": \"bark\", \"codec_config\": {%s}}".formatted(codec);
    return Families.skeleton("BarkModel", Config.parse("test", config));
  }
}
