package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.quantised.Headers;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say of a checkpoint whose weights are packed. */
class QuantisedTest {
  @TempDir Path directory;

  @Test
  void inspectSaysWhatIsPackedAndHow() throws IOException {
    gptq();
    JsonNode json = Cli.run("inspect", directory, "--json").json();
    assertThat(json.get("quant_method").textValue()).isEqualTo("gptq");
    assertThat(json.get("quantised").toString())
        .isEqualTo("[{\"scheme\":\"gptq\",\"bits\":4,\"group\":\"32\",\"tensors\":2}]");
    assertThat(Cli.run("inspect", directory).out())
        .endsWith(
            "quantised: scheme=gptq, bits=4, group=32, tensors=2,"
                + " first=model.layers.0.mlp.down_proj.qweight, quant_method=gptq\n");
  }

  @Test
  void inspectOfPlainWeightsSaysSoToProgramsAlone() throws IOException {
    new Headers().add(DType.F32, "a.weight", 2).open(directory);
    assertThat(Cli.run("inspect", directory, "--json").json().get("quantised")).isEmpty();
    assertThat(Cli.run("inspect", directory).out()).doesNotContain("quantised");
  }

  @Test
  void inspectManagesWithoutAConfigThatCanBeRead() throws IOException {
    gptq();
    Files.writeString(directory.resolve("config.json"), "{");
    assertThat(Cli.run("inspect", directory).out()).contains("quantised: scheme=gptq, bits=4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "load", "plan --ignore-mismatched", "save"})
  void nothingElseGoesOnWithWhatIsNotUnpacked(String command) throws IOException {
    new Headers()
        .add(DType.I32, "model.layers.0.mlp.down_proj.B", 8, 128)
        .add(DType.F16, "model.layers.0.mlp.down_proj.s", 1, 64)
        .open(directory);
    Files.writeString(
        directory.resolve("config.json"),
        "{\"quantization_config\":{\"quant_method\":\"marlin\",\"bits\":4,\"group_size\":128}}");
    Path out = directory.resolve("out");
    String[] words = command.split(" ");
    Cli cli =
        words.length > 1
            ? Cli.run(words[0], directory, words[1])
            : words[0].equals("save")
                ? Cli.run("save", directory, out)
                : Cli.run(words[0], directory);
    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err())
        .contains(
            "scheme=marlin, bits=4, group=128, tensors=1", "quant_method=marlin. Load the weights");
    assertThat(cli.err().strip()).doesNotContain("\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void modelOptsOwnFileIsRead() throws IOException {
    Headers.of("modelopt-nvfp4").open(directory);
    Files.writeString(
        directory.resolve("hf_quant_config.json"), "{\"quantization\":{\"quant_algo\":\"NVFP4\"}}");
    assertThat(Cli.run("inspect", directory).out())
        .contains("scheme=modelopt nvfp4", "quant_method=modelopt");
  }

  @Test
  void planSaysWhatIsKeptPacked() throws IOException {
    Headers headers = Headers.of("awq-gemm-g128");
    headers.open(directory);
    Files.writeString(directory.resolve("config.json"), headers.configText());
    JsonNode json = Cli.run("plan", directory, "--quantised", "keep", "--json").json();
    JsonNode packed = json.get("packed").get(0);
    assertThat(packed.toString())
        .startsWith("{\"name\":\"model.layers.0.")
        .contains(
            ",\"scheme\":\"awq\",\"bits\":4,\"group\":\"128\",\"order\":\"awq\",\"zeroOffset\":0,"
                + "\"rowMajor\":false,\"tensors\":[\"model.layers.0.");
    assertThat(json.get("tensors").findValuesAsText("from"))
        .contains("model.safetensors, packed awq 4 bits g128");
    assertThat(Cli.run("plan", directory, "--quantised", "keep").out())
        .contains("kept packed: %d awq 4 bits g128".formatted(json.get("packed").size()));
    assertThat(Cli.run("plan", directory, "--json").json().has("packed")).isFalse();
  }

  private void gptq() throws IOException {
    Headers headers = Headers.of("gptq-4bit-g32-desc-act-zeros");
    headers.open(directory);
    Files.writeString(directory.resolve("config.json"), headers.configText());
  }
}
