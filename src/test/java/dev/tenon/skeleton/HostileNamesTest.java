package dev.tenon.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.file.SkeletonFile;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.skeleton.registry.Families;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configs and expressions that would take forever, fill the heap, or divide by nothing. */
class HostileNamesTest {
  private static final String LLAMA =
      "{\"architectures\":[\"LlamaModel\"],\"model_type\":\"llama\",\"vocab_size\":9,"
          + "\"intermediate_size\":8,\"num_key_value_heads\":2,";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {".*.*.*.*.*.*.*.*=", "^(a+)+\\1b", "(a*)*\\1b"})
  void anExpressionThatBacktracksWithoutEndIsStopped(String expression) {
    Pattern pattern = Pattern.compile(expression);
    String name = "a".repeat(64) + "!";
    assertThatThrownBy(() -> Patterns.anyFound(List.of(pattern), name))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("does not come to an end")
        .hasMessageContaining("expression=" + expression)
        .hasMessageContaining("name=" + name);
  }

  @Test
  void anExpressionThatFillsTheStackIsAnError() {
    Renaming renaming = new Renaming("", Pattern.compile("(a|b)*c"), "x");
    assertThatThrownBy(() -> renaming.apply("ab".repeat(500_000)))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("does not come to an end");
  }

  @Test
  void aRenamingReplacesItsFirstMatch() {
    Renaming renaming = Renaming.of("(\\w)\\.gamma", "$1.weight");
    assertThat(renaming.apply("a.gamma.b.gamma")).isEqualTo("a.weight.b.gamma");
    String other = "a.beta";
    assertThat(renaming.apply(other)).isSameAs(other);
  }

  @Test
  void aConfigThatAsksForABillionLayersIsRefused() {
    Config config =
        Config.parse(
            "config.json",
            LLAMA
                + "\"hidden_size\":8,\"num_attention_heads\":2,\"num_hidden_layers\":1000000000}");
    assertThatThrownBy(() -> Families.skeleton(null, config))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("too many modules and tensors: allowed=1048576");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"hidden_size\":8,\"num_attention_heads\":0}",
        "\"hidden_size\":-8,\"num_attention_heads\":2}"
      })
  void aConfigOfNoModelIsNamed(String numbers) {
    Config config = Config.parse("config.json", LLAMA + "\"num_hidden_layers\":1," + numbers);
    assertThatThrownBy(() -> Families.skeleton(null, config))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("does not describe a model of its class: file=config.json")
        .hasMessageContaining("class=LlamaModel");
  }

  @Test
  void aSizeBeyondAnyMemoryIsSaidToBeOne() {
    String numbers = "\"hidden_size\":2147483647,\"num_attention_heads\":-1}";
    Config config = Config.parse("config.json", LLAMA + "\"num_hidden_layers\":1," + numbers);
    assertThatThrownBy(() -> Families.skeleton(null, config))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("too large")
        .hasMessageContaining("config.json")
        .hasMessageContaining("class=LlamaModel");
  }

  @Test
  void aConfigsSize() throws IOException {
    Path file = directory.resolve("config.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((16 << 20) + 1);
    }
    assertThatThrownBy(() -> Config.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("Config is too large")
        .hasMessageContaining("limit=16777216");
  }

  @Test
  void aConfigsNesting() {
    String deep = "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
    assertThatThrownBy(() -> Config.parse("config.json", deep))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void aValueIsQuotedInPart() {
    Config config = Config.parse("config.json", "{\"a\":\"" + "x\\n\u2028".repeat(1000) + "\"}");
    assertThatThrownBy(() -> config.integer("a"))
        .isExactlyInstanceOf(TenonException.class)
        .message()
        .hasSizeLessThan(300)
        .doesNotContainPattern("[\\p{Cntrl}\\u2028]");
  }

  @Test
  void anExpressionsLengthAndDepth() throws IOException {
    for (String expression : List.of("a".repeat(5000), "(".repeat(2000) + ")".repeat(2000) + "[")) {
      Path file = directory.resolve("skeleton.json");
      Files.writeString(
          file,
          "{\"format\":\"tenon-skeleton\",\"version\":1,\"class\":\"T\",\"modelType\":\"t\","
              + "\"baseModelPrefix\":\"\",\"slots\":[],\"init\":[],\"ignoreMissing\":[\""
              + expression
              + "\"]}");
      assertThatThrownBy(() -> SkeletonFile.read(file))
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("field=ignoreMissing[0]");
    }
  }
}
