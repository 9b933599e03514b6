package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario of a written family is planned as the reference loads it. */
class ScenariosTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A checkpoint and what the reference made of it. */
  record Scenario(Path directory, JsonNode expected) {
    String className() {
      return expected.get("cls").textValue();
    }

    Config config() {
      return Config.read(directory);
    }

    LoadPlan plan() {
      Skeleton skeleton = Families.skeleton(className(), config());
      String dtype = expected.get("dtype").textValue();
      PlanOptions options =
          new PlanOptions(
              dtype.equals("auto") ? null : DType.ofTorchName(dtype),
              expected.at("/options/ignore_mismatched_sizes").asBoolean());
      LoadPlan plan = Planner.plan(Checkpoint.open(directory, null), skeleton, config(), options);
      return FileBytes.resolve(plan);
    }

    @Override
    public String toString() {
      return directory.getFileName().toString();
    }
  }

  static Stream<Scenario> loads() {
    return scenarios().filter(scenario -> !scenario.expected().has("error"));
  }

  static Stream<Scenario> refusals() {
    return scenarios().filter(scenario -> scenario.expected().has("error"));
  }

  @ParameterizedTest
  @MethodSource("loads")
  void reportsWhatTheReferenceReports(Scenario scenario) {
    LoadPlan plan = scenario.plan();
    JsonNode expected = scenario.expected();
    assertThat(plan.missing()).isEqualTo(strings(expected.get("missing")));
    assertThat(plan.unexpected()).isEqualTo(strings(expected.get("unexpected")));
    List<String> mismatched = new ArrayList<>();
    plan.mismatched()
        .forEach(m -> mismatched.add(m.name() + " " + m.checkpoint() + " " + m.model()));
    List<String> expectedMismatched = new ArrayList<>();
    expected
        .get("mismatched")
        .forEach(
            m -> expectedMismatched.add(m.get(0).textValue() + dims(m.get(1)) + dims(m.get(2))));
    assertThat(mismatched).isEqualTo(expectedMismatched);
    List<List<String>> groups = new ArrayList<>();
    expected.get("tied_groups").forEach(group -> groups.add(strings(group)));
    assertThat(groups(plan)).containsExactlyInAnyOrderElementsOf(groups);
  }

  @ParameterizedTest
  @MethodSource("loads")
  void slotsHaveTheReferencesDTypesAndShapes(Scenario scenario) {
    LoadPlan plan = scenario.plan();
    List<String> steps = new ArrayList<>();
    plan.steps()
        .forEach(s -> steps.add(s.slot().name() + " " + s.dtype() + " " + s.slot().shape()));
    List<String> tensors = new ArrayList<>();
    scenario
        .expected()
        .get("tensors")
        .properties()
        .forEach(
            t ->
                tensors.add(
                    t.getKey()
                        + " "
                        + t.getValue().get("dtype").textValue()
                        + dims(t.getValue().get("shape"))));
    assertThat(steps).containsExactlyInAnyOrderElementsOf(tensors);
  }

  @ParameterizedTest
  @MethodSource("loads")
  void assembledSlotsHaveTheReferencesBytes(Scenario scenario) {
    for (Step step : scenario.plan().steps()) {
      if (step instanceof Step.Assemble assemble
          && assemble.pieces().get(0).entry().dtype() == assemble.dtype()) {
        CRC32 crc = new CRC32();
        crc.update(Assembly.bytes(assemble));
        JsonNode tensor = scenario.expected().get("tensors").get(step.slot().name());
        assertThat("%08x".formatted(crc.getValue()))
            .as(step.slot().name())
            .isEqualTo(tensor.get("crc32").textValue());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWhatMustBeRefused(Scenario scenario) {
    assertThatThrownBy(scenario::plan)
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(scenario.directory().toString());
  }

  private static Stream<Scenario> scenarios() {
    try {
      Path root =
          Path.of(Objects.requireNonNull(ScenariosTest.class.getResource("/scenarios")).toURI());
      List<Scenario> scenarios = new ArrayList<>();
      try (Stream<Path> files = Files.list(root)) {
        for (Path file :
            files.filter(f -> f.toString().endsWith(".expected.json")).sorted().toList()) {
          String name = file.getFileName().toString().replace(".expected.json", "");
          scenarios.add(new Scenario(root.resolve(name), JSON.readTree(file.toFile())));
        }
      }
      return scenarios.stream().filter(s -> Families.find(s.className(), s.config()) != null);
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<List<String>> groups(LoadPlan plan) {
    List<List<String>> groups = new ArrayList<>();
    for (TieGroup group : plan.ties()) {
      groups.add(
          group.members().stream().map(i -> plan.steps().get(i).slot().name()).sorted().toList());
    }
    return groups;
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(node -> strings.add(node.textValue()));
    return strings;
  }

  private static String dims(JsonNode shape) {
    return " " + shape.toString().replace(",", ", ");
  }
}
