package dev.tenon.engine.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.registry.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of sines that documents ask for have the bits that torch 2.13 gives them. */
class AtlasWavesTest {
  @TempDir private Path directory;

  /** CRC-32 of five rows, which torch computed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"exponential\", \"padding\": \"pad\"; 7; {\"pad\": 1}; b2881e95",
        "\"exponential\", \"padding\": \"pad\"; 34; {\"pad\": 1}; dead1ecb",
        "\"power\"; 6; {}; 2c7e17aa",
        "\"power\", \"padding\": \"pad\"; 6; {}; 2c7e17aa",
        "\"double\"; 6; {}; aded6615",
      })
  void eachKindIsTheReferences(String kind, int wide, String config, String crc)
      throws IOException {
    Skeleton skeleton = skeleton(kind, wide, config);

    InitRule rule = skeleton.steps().get(0).rule();
    assertThat(rule).isInstanceOf(InitRule.Computed.class);
    try (PointerScope scope = new PointerScope();
        ValueEvaluator evaluator = new ValueEvaluator()) {
      assertThat(scope).isNotNull();
      Tensor table = evaluator.of(((InitRule.Computed) rule).value());
      assertThat(table.sizes().vec().get()).containsExactly(5, wide);
      byte[] bytes = new byte[5 * wide * Float.BYTES];
      new BytePointer(table.data_ptr()).get(bytes);
      CRC32 sum = new CRC32();
      sum.update(bytes);
      assertThat(Long.toHexString(sum.getValue())).isEqualTo(crc);
    }
  }

  @Test
  void aRowThatIsNotThereLeavesTheTableUnknown() throws IOException {
    Skeleton skeleton = skeleton("\"power\", \"padding\": \"pad\"", 6, "{\"pad\": 5}");

    assertThat(skeleton.steps().get(0).rule()).isEqualTo(InitRule.UNKNOWN);
  }

  @Test
  void anotherKindIsRefused() {
    assertThatThrownBy(() -> skeleton("\"square\"", 6, "{}"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("exponential, power or double");
  }

  private Skeleton skeleton(String kind, int wide, String config) throws IOException {
    String text =
        """
        {"format": "tenon-atlas", "version": 3, "modelType": "waves", "config": {}, "blocks": {},
         "classes": {"WavesModel": {"prefix": "", "values": {"table": {"sines": %s}},
          "root": [{"buffer": "table", "shape": [5, %d]}]}}}
        """
            .formatted(kind, wide);
    Path file = Files.writeString(directory.resolve("waves.json"), text);
    return Families.skeleton(
        Families.document(file), "WavesModel", Config.parse("config.json", config));
  }
}
