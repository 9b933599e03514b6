package dev.tenon.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.SlotReport;
import dev.tenon.Tenon;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages as a browser shows them. Skipped where there is no Chromium. */
class ReportInBrowserTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @TempDir private static Path directory;
  private static @Nullable Chromium chromium;
  private static int pages;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> browser = Chromium.installed();
    assumeTrue(
        browser.isPresent(),
        "No chromium on the path, and CHROMIUM names none: pages are not looked at");
    chromium = Chromium.start(browser.orElseThrow(), directory.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void aPageSaysNothingOnTheConsoleAndAsksForNothing() {
    Tab tab = open(preview("gemma2-some-missing"));

    assertThat(tab.complaints()).isEmpty();
    assertThat(tab.requests())
        .allSatisfy(url -> assertThat(url).matches("(file:///.*/page-\\d+\\.html|data:,)"));
  }

  @Test
  void warningsComeFirst() {
    Tab tab = open(preview("gemma2-some-missing"));

    assertThat(tab.evaluate("document.querySelector('main section').innerText").asText())
        .contains("missing from the files");
    tab.click("#notices button");

    assertThat(tab.texts("#filters [aria-checked=true]"))
        .singleElement()
        .asString()
        .contains("Missing");
    assertThat(tab.texts(".grid-body .c-origin")).isNotEmpty().allMatch("Missing"::equals);
  }

  @Test
  void layersAreFoldedIntoOneRowThatOpens() {
    Tab tab = open(Pages.report(Pages.experts(3, 2), List.of(), List.of()));

    assertThat(names(tab))
        .contains("▸model.layers.{0-2}.mlp.experts.{0-1}.gate_proj.weight×6")
        .hasSize(7);
    tab.focus(".grid");
    tab.press("Enter");
    assertThat(names(tab)).hasSize(13).contains("model.layers.2.mlp.experts.1.gate_proj.weight");
    tab.press("ArrowDown");
    tab.press("ArrowLeft");
    tab.press("ArrowLeft");
    assertThat(names(tab)).hasSize(7);
  }

  @Test
  void aFoldedNameStandsForNoNameThatIsNotThere() {
    List<SlotReport> slots = new ArrayList<>();
    for (String name : List.of("0.a.0", "0.a.1", "1.a.0", "3.a.0", "4.a.0", "4.a.1")) {
      slots.add(Pages.slot("layers." + name, 2));
    }

    Tab tab = open(Pages.report(slots, List.of(), List.of()));

    assertThat(names(tab)).contains("▸layers.{0,4}.a.{0-1}×4", "▸layers.{1,3}.a.0×2").hasSize(3);
  }

  @Test
  void searchFindsWordsInAnyOrder() {
    Tab tab = open(Pages.report(Pages.experts(3, 2), List.of(), List.of()));

    tab.focus("#search");
    tab.type("layers.1 bfloat16 up_proj.weight_scale");

    assertThat(names(tab))
        .containsExactly("▸model.layers.1.mlp.experts.{0-1}.up_proj.weight_scale×2");
    assertThat(tab.texts("#table-now")).containsExactly("2 tensors in 1 row, 512 B");
  }

  @Test
  void aTensorsDeviceIsShownWhereThereAreSeveral() {
    LoadOptions map = LoadOptions.builder().device("model.layers=cuda:0,=cpu").build();
    Tab several = open(Tenon.preview(SCENARIOS.resolve("gemma2-tied-source-only"), map));

    assertThat(several.texts(".grid-body .c-device")).contains("cpu", "cuda:0");
    several.focus("#search");
    several.type("cuda:0");

    assertThat(names(several)).isNotEmpty().allMatch(name -> name.contains("model.layers."));
    assertThat(open(preview("gemma2-some-missing")).texts(".c-device")).isEmpty();
  }

  @Test
  void oneGoesIntoAModuleAndOutAgainByKeyboard() {
    Tab tab = open(Pages.report(Pages.experts(3, 2), List.of(), List.of()));
    String crumbs =
        "[...document.querySelectorAll(\"#crumbs button\")].map(it => it.textContent).join()";

    assertThat(tab.evaluate(crumbs).asText()).isEqualTo("model.layers");
    tab.focus(".tile-box[tabindex=\"0\"]");
    tab.press("Enter");
    String inside = tab.evaluate(crumbs).asText();
    assertThat(inside).matches("model\\.layers,\\d\\.mlp\\.experts");
    assertThat(tab.evaluate("document.activeElement.className").asText()).contains("tile-box");
    tab.press("ArrowRight");
    tab.press("Escape");
    assertThat(tab.evaluate(crumbs).asText()).isEqualTo("model.layers");
  }

  @Test
  void theBoxesOfATreemapShareItsAreaAsTheModulesShareTheBytes() {
    Tab tab =
        open(
            Pages.report(
                List.of(Pages.slot("a", 60), Pages.slot("b", 30), Pages.slot("c", 10)),
                List.of(),
                List.of()));

    JsonNode shares =
        tab.evaluate(
            """
            [...document.querySelectorAll('.tile-box')].map(it => {
              const whole = it.parentElement.getBoundingClientRect();
              const box = it.getBoundingClientRect();
              return (box.width + 1) * (box.height + 1) / whole.width / whole.height;
            })""");
    assertThat(shares).hasSize(3);
    assertThat(shares.get(0).doubleValue()).isBetween(0.59, 0.61);
    assertThat(shares.get(2).doubleValue()).isBetween(0.09, 0.11);
  }

  @Test
  void theTimelineIsReadByKeyboard() {
    Tab tab = open(Pages.report(Pages.experts(1, 1), List.of(), List.of()));

    tab.focus("#timeline");
    tab.press("ArrowRight");
    assertThat(tab.texts("#timeline-now"))
        .containsExactly("plan: phase, 2.0 ms from 0 µs, thread main");
    tab.press("End");
    assertThat(tab.texts("#timeline-now"))
        .containsExactly(
            "layers.0.mlp.weight: slot, 20 ms from 4.0 ms, 524 kB at 26.2 MB/s, thread worker");
  }

  @Test
  void hostileNamesAreShownAndDoNothing() {
    String hostile = "</script><img src=x onerror=document.title=1>.\u202egpj\u0000.<b>";
    Tab tab =
        open(
            Pages.report(
                List.of(
                    Pages.slot(hostile, 2),
                    Pages.slot("a.".repeat(50_000) + "b", 2),
                    Pages.slot("..", 2),
                    Pages.slot(".", 2)),
                List.of(hostile),
                List.of(hostile)));

    assertThat(names(tab))
        .anyMatch(
            name -> name.contains("<img src=x onerror") && name.contains("\\u202egpj\\u0000"));
    assertThat(tab.evaluate("document.title").asText()).startsWith("TinyLmForCausalLM");
    assertThat(tab.evaluate("document.images.length").intValue()).isZero();
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void lightAndDarkAreTheSystemsUntilOneIsChosen() {
    LoadReport report = Pages.report(Pages.experts(1, 1), List.of(), List.of());
    Tab dark = open(report, 1280, Map.of("prefers-color-scheme", "dark"));
    String ground = "getComputedStyle(document.documentElement).backgroundColor";

    String asTheSystem = dark.evaluate(ground).asText();
    dark.click("#theme [value=light]");
    String chosen = dark.evaluate(ground).asText();

    assertThat(asTheSystem).isEqualTo("rgb(18, 21, 24)");
    assertThat(chosen).isEqualTo("rgb(246, 247, 248)");
  }

  @Test
  void nothingIsWiderThanANarrowWindow() {
    Tab tab = open(preview("gemma2-wrong-shape-ignored"), 400, Map.of());

    assertThat(tab.evaluate("document.documentElement.scrollWidth").intValue())
        .isLessThanOrEqualTo(400);
  }

  @Test
  void everyControlHasANameAndTextStandsOutFromItsGround() {
    for (String scheme : List.of("light", "dark")) {
      Tab tab = open(preview("gemma2-some-missing"), 1280, Map.of("prefers-color-scheme", scheme));

      assertThat(tab.texts("button:not([aria-label]), label"))
          .allSatisfy(name -> assertThat(name).isNotBlank());
      assertThat(tab.evaluate(Contrast.LEAST).doubleValue()).as(scheme).isGreaterThan(4.5);
    }
  }

  @Test
  void nearlyAHundredThousandSlotsTakeTwoSecondsAndFewElements() {
    LoadReport report = Pages.report(Pages.experts(60, 256), List.of(), List.of());

    Tab tab = open(report);
    double cpuSeconds = tab.cpuSeconds();
    int elements = tab.evaluate("document.querySelectorAll('*').length").intValue();
    tab.click("#fold");
    tab.focus(".grid");
    tab.press("End");

    assertThat(names(tab)).contains("a key no slot takes").hasSizeLessThan(60);
    assertThat(elements).isLessThan(3_000);
    assertThat(cpuSeconds).as("ready after %.0f ms", tab.readyMillis()).isLessThan(2);
    assertThat(tab.complaints()).isEmpty();
  }

  private static List<String> names(Tab tab) {
    return tab.texts(".grid-body .c-name");
  }

  private static LoadReport preview(String scenario) {
    return Tenon.preview(
        SCENARIOS.resolve(scenario), LoadOptions.builder().ignoreMismatched(true).build());
  }

  private static Tab open(LoadReport report) {
    return open(report, 1280, Map.of());
  }

  private static Tab open(LoadReport report, int width, Map<String, String> media) {
    Path page = directory.resolve("page-" + pages++ + ".html");
    ReportPage.write(report, page);
    return Objects.requireNonNull(chromium).open(page, width, 900, media);
  }
}
