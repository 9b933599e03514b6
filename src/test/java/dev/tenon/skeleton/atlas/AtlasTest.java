package dev.tenon.skeleton.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.registry.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A document gives the skeleton of its classes under any config, or says why it does not. */
class AtlasTest {
  private static final Path TINY = Path.of("src/test/resources/atlas/tiny.json");

  @TempDir private Path directory;

  private static Skeleton tiny(String className, String config) {
    return Families.skeleton(
        Families.document(TINY), className, Config.parse("config.json", config));
  }

  private static List<String> slots(Skeleton skeleton) {
    return skeleton.slots().stream().map(slot -> slot.name() + " " + slot.shape()).toList();
  }

  @Test
  void aDocumentIsRunUnderAConfig() {
    Skeleton skeleton = tiny("TinyForCausalLM", "{\"hidden_size\": 6, \"layers\": 3}");

    assertThat(slots(skeleton))
        .containsExactly(
            "model.embed.weight [10, 6]",
            "model.layers.0.gain [3]",
            "model.layers.1.gain [12, 3]",
            "model.layers.2.gain [3]",
            "model.norm7.weight [6]",
            "model.norm7.bias [6]",
            "head.weight [10, 6]",
            "model.positions [1, 10]",
            "model.scale []");
    assertThat(skeleton.ties()).containsExactly(new Tie("head.weight", "model.embed.weight"));
    assertThat(skeleton.slots().get(1).trainable()).isFalse();
    assertThat(skeleton.slots().get(7).persistent()).isFalse();
    assertThat(skeleton.slots().get(8).fixedDtype()).isTrue();
  }

  @Test
  void whatIsGivenGoesBeforeWhatIsDerived() {
    Skeleton skeleton =
        tiny(
            "TinyModel", "{\"heads\": 5, \"sub\": {\"width\": 7}, \"tie_word_embeddings\": false}");

    assertThat(slots(skeleton)).contains("layers.0.gain [5]", "layers.1.gain [8, 7]");
    assertThat(skeleton.ties()).isEmpty();
  }

  @Test
  void aParameterNobodyCanMakeSaysSo() {
    Skeleton skeleton = tiny("TinyForCausalLM", "{}");

    assertThat(skeleton.steps())
        .filteredOn(step -> step.rule() instanceof InitRule.Unknown)
        .extracting(step -> skeleton.slots().get(step.slot()).name())
        .contains("model.embed.weight", "model.scale")
        .doesNotContain("model.positions");
  }

  @Test
  void aPartMayBeOfEachTypeThatIsListed() throws IOException {
    String text = Files.readString(TINY);
    String one = text.substring(text.indexOf("\"types\""));
    one = one.substring(0, one.indexOf('}') + 1);
    Path file =
        Files.writeString(
            directory.resolve("a.json"),
            text.replace(one, "\"types\": {\"sub\": [\"tiny_sub\", \"old_sub\"]}"));

    for (String type : List.of("tiny_sub", "old_sub")) {
      Config config = Config.parse("c", "{\"sub\": {\"model_type\": \"" + type + "\"}}");
      assertThat(slots(Families.skeleton(Families.document(file), "TinyModel", config)))
          .isNotEmpty();
    }
    Config other = Config.parse("c", "{\"sub\": {\"model_type\": \"other\"}}");
    assertThatThrownBy(() -> Families.skeleton(Families.document(file), "TinyModel", other))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("actual=other, known=tiny_sub old_sub");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"mode\": \"odd\"}; mode",
        "{\"secret\": 1}; field=secret",
        "{\"sub\": {\"model_type\": \"other\"}}; field=sub.model_type",
        "{\"model_type\": \"other\"}; field=model_type",
        "{\"layers\": 2000000}; too long a list",
        "{\"hidden\": \"wide\"}; does not describe a model",
        "{\"hidden\": -3}; does not describe a model",
      })
  void anotherConfigIsRefused(String config, String reason) {
    assertThatThrownBy(() -> tiny("TinyModel", config))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"version\": 3; \"version\": 4; version",
        "\"modelType\"; \"modelTypo\"; modelTypo",
        "\"is\": \"Embedding\"; \"is\": \"Bag\"; is",
        "\"hidden * 2\"; \"hidden *\"; an expression",
        "{\"param\": \"gain\"; {\"parameter\": \"gain\"; add|param",
        "\"do\": \"model\"; \"do\": \"modle\"; block=modle",
        "\"source\"; \"sauce\"; sauce",
      })
  void anotherDocumentIsRefused(String from, String to, String reason) throws IOException {
    Path file =
        Files.writeString(directory.resolve("a.json"), Files.readString(TINY).replace(from, to));

    assertThatThrownBy(
            () ->
                Families.skeleton(
                    Families.document(file), "TinyForCausalLM", Config.parse("c", "{}")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aBlockInItselfEnds() throws IOException {
    String text =
        Files.readString(TINY)
            .replace(
                "{\"add\": \"embed\",",
                "{\"add\": \"x\", \"do\": \"model\"}, {\"add\": \"embed\",");
    Path file = Files.writeString(directory.resolve("a.json"), text);

    assertThatThrownBy(
            () -> Families.skeleton(Families.document(file), "TinyModel", Config.parse("c", "{}")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("nests too deeply");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../Atlas", "index/classes", "", "a b", "."})
  void whatIsNoModelTypeHasNoDocument(String modelType) {
    assertThat(Atlas.find(modelType)).isNull();
  }

  @Test
  void everyDocumentIsReadAndIndexed() {
    assertThat(Atlas.classes()).isNotEmpty();
    assertThat(List.copyOf(Atlas.classes().values()).stream().distinct())
        .allSatisfy(
            type -> {
              Family family = Atlas.find(type);
              assertThat(family).isNotNull();
              assertThat(family.modelType()).isEqualTo(type);
            });
    Atlas.classes()
        .forEach(
            (name, type) ->
                assertThat(Atlas.ofClass(name).architectures())
                    .extracting(Architecture::className)
                    .contains(name));
    assertThat(Atlas.leftOut()).doesNotContainKeys(Atlas.classes().keySet().toArray(String[]::new));
  }
}
