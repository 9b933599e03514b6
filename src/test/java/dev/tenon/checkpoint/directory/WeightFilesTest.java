package dev.tenon.checkpoint.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.CheckpointStamp;
import dev.tenon.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of a directory are its weights, and what is said where none are. */
class WeightFilesTest {
  private static final String MODEL = "{\"model_type\": \"bert\"}";

  @TempDir private Path directory;

  private void put(String... names) throws IOException {
    for (String name : names) {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      if (name.endsWith(".safetensors")) {
        SafetensorsFile.write(file, name);
      } else {
        Files.writeString(file, name.endsWith("config.json") ? MODEL : "{}");
      }
    }
  }

  private void config(String fields) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{" + fields + "}");
  }

  private List<String> taken(String... warning) {
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    if (warning.length == 0) {
      assertThat(checkpoint.warnings()).isEmpty();
    } else {
      assertThat(checkpoint.warnings()).hasSize(1);
      assertThat(checkpoint.warnings().get(0)).contains(warning);
    }
    return checkpoint.shards().stream()
        .map(shard -> directory.relativize(shard.file()).toString())
        .toList();
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("No weights in the directory")
        .hasMessageContaining("directory=" + directory)
        .hasMessageContainingAll(words);
  }

  @Test
  void theFileAConfigNamesCountsFirst() throws IOException {
    put("model.safetensors", "weird.safetensors");
    config(
        "\"x\": NaN, \"y\": {\"transformers_weights\": 3}, \"transformers_weights\":"
            + " \"weird.safetensors\"");
    assertThat(taken()).containsExactly("weird.safetensors");
    assertThat(Checkpoint.open(directory, "fp16").warnings().get(0)).contains("variant=fp16");
  }

  @Test
  void theNameMayBeWrittenInEscapes() throws IOException {
    put("model.safetensors", "weird.safetensors");
    config("\"transformers\\u005fweights\": \"weird.safetensors\"");
    assertThat(taken()).containsExactly("weird.safetensors");
  }

  @Test
  void theIndexAConfigNamesStandsForItsShards() throws IOException {
    put("model.safetensors", "part/a.safetensors", "part/b.safetensors");
    Files.writeString(
        directory.resolve("part/weird.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"a.safetensors\", \"b\": \"b.safetensors\"}}");
    config("\"transformers_weights\": \"part/weird.safetensors.index.json\"");
    assertThat(taken()).containsExactly("part/a.safetensors", "part/b.safetensors");
    assertThat(Checkpoint.open(directory, null).directory()).isEqualTo(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "../weird.safetensors, outside its directory",
    "/weird.safetensors, outside its directory",
    "a/../weird.safetensors, outside its directory",
    "weird.bin, neither a safetensors file nor an index",
    "gone.safetensors, that the config names is missing"
  })
  void aNameThatIsNoneIsRefused(String name, String reason) throws IOException {
    put("model.safetensors");
    config("\"transformers_weights\": \"" + name + "\"");
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"transformers_weights\": null", "\"transformers_weights\": ", ""})
  void noNameLeavesTheUsualOnes(String fields) throws IOException {
    put("model.safetensors");
    config(fields);
    assertThat(taken()).containsExactly("model.safetensors");
  }

  @Test
  void aPartOfAPipelineHasItsOwnName() throws IOException {
    put("diffusion_pytorch_model.safetensors", "config.json");
    assertThat(taken()).containsExactly("diffusion_pytorch_model.safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "model.fp16.safetensors, --variant fp16",
    "model.safetensors.index.bf16.json, --variant bf16",
    "pytorch_model.a.b.bin, --variant a.b",
    "diffusion_pytorch_model.non_ema.safetensors, --variant non_ema",
    "diffusion_pytorch_model.fp16.safetensors.index.json, --variant fp16"
  })
  void aVariantIsNamedWithItsOption(String file, String option) throws IOException {
    put(file);
    refused("found=" + file + " (" + option + ")");
  }

  @Test
  void whatThereIsWithoutTheVariantIsNamed() throws IOException {
    put("model.safetensors");
    assertThatThrownBy(() -> Checkpoint.open(directory, "fp16"))
        .hasMessageContaining("looked for=model.fp16.safetensors")
        .hasMessageContaining("found=model.safetensors (without --variant)");
  }

  @Test
  void aPipelineNamesItsPartsAndIsNeverOneOfThem() throws IOException {
    put("model_index.json", "unet/diffusion_pytorch_model.safetensors", "unet/config.json");
    refused("found=unet/ (--subfolder unet)");
    put("vae/diffusion_pytorch_model.safetensors", "vae/config.json");
    refused("found=unet/ (--subfolder unet) | vae/ (--subfolder vae)");
    assertThat(CheckpointFiles.subfolder(directory, "vae")).isEqualTo(directory.resolve("vae"));
    assertThatThrownBy(() -> CheckpointFiles.subfolder(directory, "text"))
        .hasMessageContaining("found=unet | vae");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "/unet", "unet/../..", "", "a//b", "C:"})
  void aSubfolderLeadsNowhereElse(String name) {
    assertThatThrownBy(() -> CheckpointFiles.subfolder(directory, name))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("A subfolder is a plain name");
  }

  @Test
  void theOnlyPartWithAModelIsTaken() throws IOException {
    put("modules.json", "0_Transformer/model.safetensors", "0_Transformer/config.json");
    put("2_Dense/model.safetensors");
    Files.writeString(directory.resolve("2_Dense/config.json"), "{\"in_features\": 3}");
    assertThat(taken("subfolder=0_Transformer")).containsExactly("0_Transformer/model.safetensors");
    assertThat(Checkpoint.open(directory, null).directory())
        .isEqualTo(directory.resolve("0_Transformer"));
    assertThat(CheckpointStamp.of(directory).files())
        .containsKey(directory.resolve("0_Transformer/model.safetensors"));
  }

  @Test
  void theOnlyFileIsTaken() throws IOException {
    put("config.json", "weird.safetensors", "optimizer.bin", "training_args.bin");
    assertThat(taken("files=weird.safetensors")).containsExactly("weird.safetensors");
    put("other.safetensors");
    refused("found=other.safetensors (load it by its own path) | weird.safetensors");
  }

  @Test
  void shardsWithoutAnIndexAreTakenIfAllAreThere() throws IOException {
    put("model-00002-of-00002.safetensors");
    refused("found=model-*-of-00002.safetensors (1 of 2 shards, and no index)");
    put("model-00001-of-00002.safetensors");
    assertThat(taken("model-*-of-00002.safetensors (2 shards without an index)"))
        .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    put("model-00001-of-00003.safetensors");
    refused("2 shards without an index", "1 of 3 shards");
  }

  @Test
  void shardsOfAVariantAreNotTaken() throws IOException {
    put("model.fp16-00001-of-00001.safetensors");
    refused("found=model.fp16-*-of-00001.safetensors (1 shards without an index)");
  }

  @ParameterizedTest
  @CsvSource({
    "adapter_model.safetensors, adapter's weights",
    "pytorch_lora_weights.safetensors, adapter's weights",
    "consolidated.safetensors, own layout and names",
    "consolidated.00.pth, own layout and names",
    "weird.ckpt, a torch file",
    "model.onnx, ONNX",
    "tf_model.h5, TensorFlow",
    "flax_model.msgpack, Flax"
  })
  void whatIsNotTakenIsNamed(String file, String what) throws IOException {
    put("config.json", file);
    refused("found=" + file + " (", what);
  }

  @Test
  void fiveAreNamedAtMost() throws IOException {
    for (int i = 0; i < 9; i++) {
      put("w" + i + ".safetensors");
    }
    refused("w4.safetensors (load it by its own path) and 4 more");
  }

  @Test
  void aSingleFileBesideAnIndexItIsNoPartOfIsWarnedOf() throws IOException {
    put("model.safetensors", "a.safetensors");
    Path index = directory.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"a.safetensors\"}}");
    assertThat(taken("no part of", "index=" + index.getFileName()))
        .containsExactly("model.safetensors");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"model.safetensors\"}}");
    assertThat(taken()).containsExactly("model.safetensors");
    Files.delete(index);
    put("pytorch_model.bin.index.json");
    assertThat(taken()).containsExactly("model.safetensors");
  }
}
