package dev.tenon.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents other programs read: their fields, in order, and what stands in them. */
class JsonTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final Path TIED = SCENARIOS.resolve("gemma2-tied-source-only");

  @Test
  void aLoadsDocument() throws IOException {
    JsonNode load = Cli.run("load", TIED, "--digest", "--json").json();

    assertThat(load.fieldNames())
        .toIterable()
        .containsExactly(
            "class",
            "modelType",
            "dtype",
            "device",
            "missing",
            "unexpected",
            "mismatched",
            "tied",
            "warnings",
            "tensors",
            "bytes",
            "millis");
    assertThat(load.get("class").textValue()).isEqualTo("Gemma2ForCausalLM");
    assertThat(load.get("tied").toString())
        .isEqualTo("[[\"model.embed_tokens.weight\",\"lm_head.weight\"]]");
    assertThat(load.get("bytes").fieldNames())
        .toIterable()
        .containsExactly("loaded", "initialized", "tied");
    assertThat(load.get("millis").fieldNames())
        .toIterable()
        .containsExactly("config", "headers", "plan", "allocate", "read", "init", "tie", "total");
    assertThat(load.get("millis")).allMatch(JsonNode::isNumber);
  }

  @Test
  void eachTensorsDeviceIsSaidWhereThereAreSeveral() throws IOException {
    String budgets = "cuda:0=1GiB,cpu=1GiB";
    JsonNode several =
        Cli.run("plan", TIED, "--device", "model.layers=disk,=cuda", "--json").json();
    JsonNode one =
        Cli.run("plan", TIED, "--device", "auto", "--max-memory", budgets, "--json").json();

    assertThat(several.get("device").textValue()).isEqualTo("cuda:0,disk");
    assertThat(several.get("tensors"))
        .allSatisfy(
            tensor ->
                assertThat(tensor.get("device").textValue())
                    .isEqualTo(
                        tensor.get("name").textValue().startsWith("model.layers.")
                            ? "disk"
                            : "cuda:0"));
    assertThat(one.get("device").textValue()).isEqualTo("cuda:0");
    assertThat(one.get("tensors")).noneMatch(tensor -> tensor.has("device"));
    assertThat(Cli.run("plan", TIED, "--device", "model.layers=disk,=cuda").out())
        .containsPattern("model\\.norm\\.weight .* cuda:0 ");
    assertThat(Cli.run("plan", TIED, "--max-memory", "cpu=lots").err()).contains("part=cpu=lots");
  }

  @Test
  void aTraceGoesToItsFileAndTheReportToStdout(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("trace.json");

    JsonNode load = Cli.run("load", TIED, "--trace", file, "--json").json();

    assertThat(load.get("class").textValue()).isEqualTo("Gemma2ForCausalLM");
    assertThat(Files.readString(file)).contains("\"name\":\"read\",\"ph\":\"X\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "init", "plan"})
  void aPageGoesToItsFileAndTheReportToStdout(String command, @TempDir Path directory)
      throws IOException {
    Path page = directory.resolve("page.html");

    JsonNode report = Cli.run(command, TIED, "--report", page, "--json").json();

    assertThat(report.get("class").textValue()).isEqualTo("Gemma2ForCausalLM");
    assertThat(Files.readString(page)).contains("\"class\":\"Gemma2ForCausalLM\"");
  }

  @Test
  void aTensorOfALoad() throws IOException {
    JsonNode first = Cli.run("load", TIED, "--digest", "--json").json().get("tensors").get(0);

    assertThat(first.toString())
        .matches(
            "\\{\"name\":\"model.embed_tokens.weight\",\"kind\":\"parameter\",\"shape\":\\[97,24],"
                + "\"dtype\":\"float32\",\"origin\":\"loaded\",\"from\":\"model.safetensors\","
                + "\"crc32\":\"[0-9a-f]{8}\"}");
  }

  @Test
  void aSavesDocument(@TempDir Path directory) throws IOException {
    Path out = directory.resolve("out");

    JsonNode save =
        Cli.run(
                "save",
                SCENARIOS.resolve("gemma2-some-missing"),
                out,
                "--dtype",
                "bfloat16",
                "--max-shard-size",
                "10kB",
                "--json")
            .json();

    assertThat(save.fieldNames())
        .toIterable()
        .containsExactly(
            "directory",
            "class",
            "modelType",
            "dtype",
            "missing",
            "unexpected",
            "warnings",
            "files",
            "tensors",
            "bytes",
            "millis");
    assertThat(save.get("directory").textValue()).isEqualTo(out.toString());
    assertThat(save.get("dtype").textValue()).isEqualTo("bfloat16");
    assertThat(save.get("missing")).isNotEmpty();
    JsonNode load = Cli.run("load", out, "--strict", "--json").json();
    assertThat(load.get("dtype").textValue()).isEqualTo("bfloat16");
    JsonNode files = Cli.run("inspect", out, "--json").json();
    assertThat(files.get("tensors")).hasSize(save.get("tensors").intValue());
    assertThat(files.get("files")).hasSameSizeAs(save.get("files")).hasSizeGreaterThan(1);
  }

  @Test
  void aSaveForPeopleNamesItsFilesAndWhatItMadeUp(@TempDir Path directory) {
    Path out = directory.resolve("out");

    Cli cli = Cli.run("save", SCENARIOS.resolve("gemma2-some-missing"), out);

    assertThat(cli.status()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .contains("Gemma2ForCausalLM (gemma2), float32", "missing, saved as initialised: ")
        .contains("model.safetensors", out + ": ");
  }

  @Test
  void aMismatchHasBothShapes() throws IOException {
    Path wrong = SCENARIOS.resolve("gemma2-wrong-shape-ignored");

    JsonNode plan = Cli.run("plan", wrong, "--ignore-mismatched", "--json").json();

    assertThat(plan.get("mismatched").toString())
        .isEqualTo("[{\"name\":\"model.norm.weight\",\"checkpoint\":[5],\"model\":[24]}]");
  }

  @Test
  void aPlanIsTheLoadBeforeTheLoad() throws IOException {
    Path some = SCENARIOS.resolve("gemma2-some-missing");
    JsonNode plan = Cli.run("plan", some, "--json").json();
    JsonNode load = Cli.run("load", some, "--json").json();

    for (String field : List.of("class", "dtype", "missing", "unexpected", "tied", "bytes")) {
      assertThat(plan.get(field)).as(field).isEqualTo(load.get(field));
    }
    assertThat(origins(plan)).isEqualTo(origins(load));
  }

  @Test
  void aSkeletonsDocument() throws IOException {
    JsonNode skeleton = Cli.run("skeleton", TIED, "--json").json();

    assertThat(skeleton.fieldNames())
        .toIterable()
        .containsExactly(
            "class", "modelType", "baseModelPrefix", "parameters", "buffers", "tied", "warnings");
    assertThat(skeleton.get("parameters").get(0).toString())
        .isEqualTo(
            "{\"name\":\"model.embed_tokens.weight\",\"shape\":[97,24],\"dtype\":\"float32\"}");
    assertThat(skeleton.get("buffers").get(1).toString())
        .isEqualTo(
            "{\"name\":\"model.rotary_emb.inv_freq\",\"shape\":[3],\"dtype\":\"float32\","
                + "\"persistent\":false}");
    assertThat(skeleton.get("tied").toString())
        .isEqualTo("{\"lm_head.weight\":\"model.embed_tokens.weight\"}");
  }

  @Test
  void initNeedsNoWeights() throws IOException {
    JsonNode init = Cli.run("init", TIED.resolve("config.json"), "--json").json();

    assertThat(init.get("missing")).isEmpty();
    assertThat(init.get("bytes").get("loaded").longValue()).isZero();
    assertThat(init.get("tensors").get(0).has("crc32")).isFalse();
  }

  @Test
  void inspectListsEveryTensorOnce() throws IOException {
    JsonNode inspected = Cli.run("inspect", SCENARIOS.resolve("gemma2-sharded"), "--json").json();

    List<String> names = new ArrayList<>();
    inspected
        .get("files")
        .forEach(file -> file.get("tensors").forEach(it -> names.add(it.get("name").textValue())));
    assertThat(names).hasSameSizeAs(inspected.get("tensors")).doesNotHaveDuplicates();
  }

  private static List<String> origins(JsonNode report) {
    List<String> origins = new ArrayList<>();
    report
        .get("tensors")
        .forEach(it -> origins.add(it.get("name") + " " + it.get("origin") + " " + it.get("from")));
    return origins;
  }
}
