package dev.tenon.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.SaveOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.skeleton.Skeleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which class is loaded where the config names none that a family has. */
class ClassDecisionTest {
  private static final Path TIED = Path.of("src/test/resources/scenarios/gemma2-tied-source-only");
  private static final LoadOptions PLAIN = LoadOptions.defaults();

  @TempDir private Path directory;

  @BeforeEach
  void aTiedModel() throws IOException {
    Files.copy(TIED.resolve("model.safetensors"), directory.resolve("model.safetensors"));
    claim("null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "[]", "\"\"", "[\"MyOwnForCausalLM\"]", "[\"GEMMA2ForCausalLM\"]"})
  void theFamilysThatTheFilesTell(String architectures) throws IOException {
    claim(architectures);

    LoadReport report = Tenon.preview(directory, PLAIN);

    assertThat(report.className()).isEqualTo("Gemma2ForCausalLM");
    assertThat(report.tied()).hasSize(1);
    assertThat(report.warnings())
        .first()
        .asString()
        .contains("class=Gemma2ForCausalLM", "modelType=gemma2", "--class", "Gemma2Model");
    assertThat(report.warnings().get(0).contains("claimed=MyOwnForCausalLM"))
        .isEqualTo(architectures.contains("MyOwn"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"Gemma2ForCausalLM\"]", "\"Gemma2ForCausalLM\""})
  void aClassThatIsKnownIsTakenWithoutAWord(String architectures) throws IOException {
    claim(architectures);

    LoadReport report = Tenon.preview(directory, PLAIN);

    assertThat(report.className()).isEqualTo("Gemma2ForCausalLM");
    assertThat(report.claimedClass()).isEqualTo("Gemma2ForCausalLM");
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void theClassAskedForDecides() {
    LoadOptions base = LoadOptions.builder().className("Gemma2Model").build();

    LoadReport report = Tenon.preview(directory, base);

    assertThat(report.className()).isEqualTo("Gemma2Model");
    assertThat(report.claimedClass()).isNull();
    assertThat(report.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "null, Gemma2Model",
    "'[\"MyOwnModel\"]', Gemma2Model",
    "'[\"GEMMA2ForCausalLM\"]', Gemma2ForCausalLM"
  })
  void aConfigAloneIsOfTheBaseModel(String architectures, String expected) throws IOException {
    claim(architectures);

    assertThat(Tenon.skeleton(directory, PLAIN).skeleton())
        .extracting(Skeleton::className)
        .isEqualTo(expected);
    assertThat(Tenon.skeleton(directory, PLAIN).warnings())
        .singleElement()
        .asString()
        .contains("class=" + expected, "--class");
  }

  @Test
  void aModelKeepsTheClassThatWasDecidedOn() throws IOException {
    Path saved = directory.resolve("saved");

    try (Model model = Tenon.load(directory, PLAIN)) {
      model.tieWordEmbeddings(false);
      assertThat(model.tied()).isEmpty();
      model.save(saved, SaveOptions.defaults());
    }

    assertThat(Files.readString(saved.resolve("config.json"))).contains("Gemma2ForCausalLM");
  }

  @Test
  void aStrictLoadIsHeldAgainstTheClassDecidedOn() throws IOException {
    LoadOptions strict = LoadOptions.builder().strict(true).build();

    assertThat(Tenon.plan(directory, strict).skeleton().className()).isEqualTo("Gemma2ForCausalLM");
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"novel\"}");
    assertThatThrownBy(() -> Tenon.plan(directory, strict))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("Nothing describes the model")
        .hasMessageContaining("file=" + directory);
  }

  @Test
  void filesThatFitNoClassAreLoadedUnderTheirNames() throws IOException {
    String bert = Files.readString(TIED.resolve("config.json")).replace("\"gemma2\"", "\"bert\"");
    Files.writeString(
        directory.resolve("config.json"), bert.replace("Gemma2ForCausalLM", "MyOwnModel"));

    assertThatThrownBy(() -> Tenon.plan(directory, PLAIN))
        .hasMessageContaining("Nothing in the checkpoint matches the model")
        .hasMessageContaining("class=BertModel");
  }

  @Test
  void aMisspeltClassIsToldItsNearest() {
    LoadOptions misspelt = LoadOptions.builder().className("Gemma2ForCausaLM").build();

    assertThatThrownBy(() -> Tenon.plan(directory, misspelt))
        .hasMessageContaining("class=Gemma2ForCausaLM, nearest=[Gemma2ForCausalLM, ");
  }

  private void claim(String architectures) throws IOException {
    String config = Files.readString(TIED.resolve("config.json"));
    String claimed =
        config.replaceAll("\"architectures\":\\s*\\[[^]]*]", "\"architectures\": " + architectures);
    assertThat(claimed).contains("\"architectures\": " + architectures);
    Files.writeString(directory.resolve("config.json"), claimed);
  }
}
