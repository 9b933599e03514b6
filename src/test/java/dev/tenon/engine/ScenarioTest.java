package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Families;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every checkpoint becomes what the reference makes of it, tensor by tensor. */
class ScenarioTest {
  private static final Path ROOT = Path.of("src/test/resources/scenarios");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Stream<String> names() throws IOException {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    try (Stream<Path> files = Files.list(ROOT)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".expected.json"))
          .map(file -> file.substring(0, file.length() - ".expected.json".length()))
          .filter(name -> known.contains(expected(name).get("cls").textValue()))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void tensorsAndTiesAreTheReferences(String name) {
    check(name, EngineOptions.defaults());
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void whereBytesLiveDoesNotChangeThem(Residency residency) throws IOException {
    names().forEach(name -> check(name, EngineOptions.defaults().residing(residency)));
  }

  private static void check(String name, EngineOptions options) {
    JsonNode expected = expected(name);
    if (expected.has("error")) {
      assertThatThrownBy(() -> load(name, options).close()).isInstanceOf(TenonException.class);
      return;
    }
    try (Loaded loaded = load(name, options)) {
      List<String> wrong = new ArrayList<>();
      Skeleton skeleton = loaded.plan().skeleton();
      var index = skeleton.index();
      expected
          .get("tensors")
          .properties()
          .forEach(
              tensor -> {
                Integer slot = Objects.requireNonNull(index.get(tensor.getKey()), tensor.getKey());
                String crc = Bytes.crc32(loaded.tensor(slot));
                String dtype = loaded.plan().steps().get(slot).dtype().torchName();
                if (!crc.equals(tensor.getValue().get("crc32").textValue())
                    || !dtype.equals(tensor.getValue().get("dtype").textValue())) {
                  wrong.add(tensor.getKey() + " " + loaded.origin(slot) + " " + dtype);
                }
              });
      assertThat(wrong).as(name).isEmpty();
      for (JsonNode group : expected.get("tied_groups")) {
        Set<Object> distinct = new HashSet<>();
        group.forEach(
            member ->
                distinct.add(
                    System.identityHashCode(loaded.tensor(index.get(member.textValue())))));
        assertThat(distinct).as("%s %s", name, group).hasSize(1);
      }
    }
  }

  private static Loaded load(String name, EngineOptions options) {
    JsonNode expected = expected(name);
    Path directory = ROOT.resolve(name);
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    Config config = Config.read(Objects.requireNonNull(checkpoint.config()));
    String dtype = expected.get("dtype").textValue();
    boolean ignore = expected.get("options").path("ignore_mismatched_sizes").asBoolean();
    PlanOptions wanted =
        new PlanOptions(dtype.equals("auto") ? null : DType.ofTorchName(dtype), ignore);
    Skeleton skeleton = Families.skeleton(expected.get("cls").textValue(), config);
    LoadPlan plan = Planner.plan(checkpoint, skeleton, config, wanted);
    return Engine.load(plan, checkpoint.shards(), options, LoadListener.NONE);
  }

  private static JsonNode expected(String name) {
    try {
      return JSON.readTree(ROOT.resolve(name + ".expected.json").toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
