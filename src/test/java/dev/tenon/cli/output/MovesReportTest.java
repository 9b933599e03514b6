package dev.tenon.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code plan --moves} says. */
class MovesReportTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @Test
  void expertsStoredOneByOneAreRowsOfAStack() throws IOException {
    Path experts = SCENARIOS.resolve("mixtral-experts-separate");

    JsonNode moves = Cli.run("plan", experts, "--moves", "--json").json();

    long bytes = 0;
    int views = 0;
    for (JsonNode move : moves.get("moves")) {
      bytes += move.get("bytes").asLong();
      boolean stacked = move.get("slot").textValue().contains("experts.");
      assertThat(move.get("how").textValue()).isEqualTo(stacked ? "run" : "view");
      views += stacked ? 0 : 1;
    }
    JsonNode file = moves.get("files").get(0);
    assertThat(moves.get("files")).hasSize(1);
    assertThat(file.get("bytes").asLong()).isEqualTo(bytes);
    assertThat(file.get("views").asInt()).isEqualTo(views).isPositive();
    assertThat(file.get("moves").asInt()).isEqualTo(moves.get("moves").size());
  }

  @Test
  void whatIsConvertedOrCopiedIsNoView() {
    Path model = SCENARIOS.resolve("gemma2-bf16-auto");

    assertThat(Cli.run("plan", model, "--moves").out()).contains("view").doesNotContain(" to ");
    assertThat(Cli.run("plan", model, "--moves", "--residency", "copy").out())
        .contains("of them views 0");
    assertThat(Cli.run("plan", model, "--moves", "--dtype", "float32").out())
        .contains("bfloat16 to float32")
        .containsPattern(
            "model.safetensors: \\S+ \\S+ in \\d+ runs of \\d+ moves, of them views 0");
  }
}
