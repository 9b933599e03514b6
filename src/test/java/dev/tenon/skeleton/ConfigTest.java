package dev.tenon.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a field means, and what is said of one that cannot be meant. */
class ConfigTest {
  private static Config config(String json) {
    return Config.parse("config.json", json);
  }

  @ParameterizedTest
  @CsvSource({
    "half, F16",
    "float, F32",
    "double, F64",
    "bfloat, BF16",
    "bfloat16, BF16",
    "torch.float16, F16",
    "float8_e4m3fn, F8_E4M3"
  })
  void aDtypeGoesByAnyOfTorchsWords(String word, DType dtype) {
    assertThat(config("{\"torch_dtype\": \"" + word + "\"}").dtype()).isEqualTo(dtype);
    assertThat(config("{\"dtype\": \"" + word + "\", \"torch_dtype\": \"x\"}").dtype())
        .isEqualTo(dtype);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int", "uint8", "complex64", "Float32", ""})
  void anErrorListsTheDtypesThereAre(String word) {
    assertThatThrownBy(() -> config("{\"torch_dtype\": \"" + word + "\"}").dtype())
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("file=config.json, field=torch_dtype, dtype=" + word + ", allowed=")
        .hasMessageContaining("float16|bfloat16|float32|float64");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{}; 2",
        "{'num_labels': 5}; 5",
        "{'id2label': {'0': 'a', '1': 'b', '2': 'c'}}; 3",
        "{'id2label': {'0': 'a', '1': 'b', '2': 'c'}, 'num_labels': 5}; 5",
        "{'id2label': null, 'num_labels': 0}; 0",
        "{'id2label': null}; 2"
      },
      quoteCharacter = '"')
  void theNumberOfLabelsCountsBeforeTheirNames(String json, int labels) {
    assertThat(config(json.replace('\'', '"')).labels()).isEqualTo(labels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "2147483648", "1e300", "\"1\"", "true", "[]"})
  void whatIsMeantToBeWholeIs(String number) {
    Config config = config("{\"size\": " + number + ", \"sizes\": [" + number + "]}");
    assertThatThrownBy(() -> config.integer("size"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("file=config.json, field=size, expected=an integer, actual=");
    assertThatThrownBy(() -> config.integers("sizes"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("file=config.json, field=sizes, expected=a list of integers");
  }

  @Test
  void whatOnlyInitialValuesAskForMayBeNull() {
    assertThat(config("{\"std\": null}").initial("std")).isNaN();
    assertThat(config("{\"std\": 0.5}").initial("std")).isEqualTo(0.5);
    assertThatThrownBy(() -> config("{}").initial("std"))
        .isInstanceOf(TenonException.class)
        .hasMessage("Config lacks a field: file=config.json, field=std");
  }
}
