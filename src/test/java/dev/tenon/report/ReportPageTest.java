package dev.tenon.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page as a file: what it holds, that it needs nothing else, and how it comes to be. */
class ReportPageTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final Pattern HASH = Pattern.compile("'sha256-[A-Za-z0-9+/]{43}='");

  @TempDir private Path directory;

  @Test
  void aLoadsDataIsInItsPage() throws IOException {
    Path page = directory.resolve("load.html");

    try (Model model =
        Tenon.load(SCENARIOS.resolve("gemma2-tied-source-only"), LoadOptions.defaults())) {
      ReportPage.write(model.report(), page);
    }

    JsonNode data = Pages.data(page);
    assertThat(data.get("class").textValue()).isEqualTo("Gemma2ForCausalLM");
    assertThat(data.get("slots").get(1).textValue()).isEqualTo("model.embed_tokens.weight");
    assertThat(data.get("timeline"))
        .extracting(interval -> interval.get(1).textValue())
        .contains("headers", "plan", "libtorch", "read", "tie");
  }

  @Test
  void aNameIsWhatItSharesWithTheOneBeforeAndTheRest() throws IOException {
    Path page = directory.resolve("page.html");

    ReportPage.write(
        Pages.report(
            List.of(Pages.slot("layers.0.a"), Pages.slot("layers.0.b"), Pages.slot("layers")),
            List.of(),
            List.of()),
        page);

    assertThat(Pages.data(page).get("slots").toString())
        .isEqualTo("[0,\"layers.0.a\",9,\"b\",6,\"\"]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</script><script>alert(1)</script>",
        "</SCRIPT >",
        "<!--<script>",
        "]]>&amp;&lt;",
        "\"'`${x}\\u003c\\",
        "line\u2028paragraph\u2029nul\u0000bell\u0007",
        "half \ud83d and \ude00, whole \ud83d\ude00",
        "\u202etxet desrever",
        "名前.重み"
      })
  void aHostileNameIsDataAndNothingElse(String name) throws IOException {
    Path page = directory.resolve("page.html");
    LoadReport harmless =
        Pages.report(List.of(Pages.slot("name")), List.of("name"), List.of("name"));
    ReportPage.write(harmless, page);
    long tags = tags(page);

    ReportPage.write(Pages.report(List.of(Pages.slot(name)), List.of(name), List.of(name)), page);

    assertThat(tags(page)).isEqualTo(tags);
    assertThat(Pages.data(page).get("slots").get(1).textValue()).isEqualTo(name);
    assertThat(Pages.data(page).get("warnings").get(0).textValue()).isEqualTo(name);
  }

  @Test
  void aPageNamesNoAddressAndItsPolicyAllowsNone() throws IOException {
    Path page = directory.resolve("page.html");

    ReportPage.write(Pages.report(Pages.experts(1, 1), List.of(), List.of()), page);

    String text = Files.readString(page);
    assertThat(text).doesNotContain("http:", "https:", "//cdn", "@import", "url(", "innerHTML");
    assertThat(text).contains("default-src 'none'").doesNotContain("unsafe-inline");
    assertThat(HASH.matcher(text).results().count()).isEqualTo(2);
  }

  @Test
  void aPageTakesThePlaceOfAnotherAndLeavesNothingBeside() throws IOException {
    Path page = Files.writeString(directory.resolve("page.html"), "an older page");

    ReportPage unwritten = ReportPage.create(page);
    assertThat(Files.readString(page)).isEqualTo("an older page");
    unwritten.close();
    assertThat(files()).containsExactly(page);
    ReportPage.write(Pages.report(List.of(), List.of(), List.of()), page);

    assertThat(files()).containsExactly(page);
    assertThat(Files.readString(page)).startsWith("<!doctype html>").endsWith("</html>\n");
  }

  @Test
  void aPageThatCannotBeWrittenIsNoticedAtOnce() {
    Path page = directory.resolve("no/such/directory/page.html");

    assertThatThrownBy(() -> ReportPage.create(page).close())
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The report cannot be written: file=" + page);
    assertThatThrownBy(() -> ReportPage.create(directory).close())
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("Is a directory");
  }

  @Test
  void aHundredThousandSlotsTakeAFewMegabytes() throws IOException {
    Path page = directory.resolve("page.html");

    ReportPage.write(Pages.report(Pages.experts(60, 256), List.of(), List.of()), page);

    assertThat(Pages.data(page).get("kind")).hasSize(92_160);
    assertThat(Files.size(page)).isLessThan(4_000_000);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static long tags(Path page) throws IOException {
    return Files.readString(page).chars().filter(it -> it == '<').count();
  }
}
