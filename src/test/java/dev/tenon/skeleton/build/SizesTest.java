package dev.tenon.skeleton.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No size comes out as another one. */
class SizesTest {
  @Test
  void aProductIsExactOrRefused() {
    assertThat(Sizes.product(3, 5, 7)).isEqualTo(105);
    assertThatThrownBy(() -> Sizes.product(65536, 65536))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("too large: product of=[65536, 65536], allowed=2147483647");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 3e9, -3e9})
  void aNumberThatIsNoSizeIsRefused(double number) {
    assertThat(Sizes.whole(-2.7)).isEqualTo(-2);
    assertThatThrownBy(() -> Sizes.whole(number)).isInstanceOf(TenonException.class);
  }

  /** Fields whose product is 2^32 times something, which an int would hold as a small number. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "LlamaModel; 'num_attention_heads': 65536, 'head_dim': 65536",
        "LlamaModel; 'num_key_value_heads': 65536, 'head_dim': 65536",
        "GPT2Model; 'n_embd': 1073741825",
        "BertModel; 'hidden_size': 2147483647",
        "T5Model; 'num_heads': 65536, 'd_kv': 65536",
        "ViTForMaskedImageModeling; 'encoder_stride': 65536",
        "DeepseekV3Model; 'num_attention_heads': 65536, 'v_head_dim': 65536"
      })
  void aModelThatWouldNotFitIsOneErrorWithItsFile(String name, String fields) {
    Config config = Config.parse("config.json", "{" + fields.replace('\'', '"') + "}");
    assertThatThrownBy(() -> Families.skeleton(name, config))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("too large")
        .hasMessageContaining("file=config.json, class=" + name);
  }
}
