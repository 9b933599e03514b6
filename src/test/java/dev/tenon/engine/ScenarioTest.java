package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.Residency;
import dev.tenon.TenonException;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.skeleton.Skeleton;
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
  static Stream<String> names() {
    return Scenarios.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void tensorsAndTiesAreTheReferences(String name) {
    check(name, EngineOptions.defaults(), LazyCore.of(2));
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void whereBytesLiveDoesNotChangeThem(Residency residency) {
    EngineOptions options = EngineOptions.defaults().residing(residency);
    names().forEach(name -> check(name, options, LazyCore.of(2)));
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void libtorchAloneReadsTheSame(Residency residency) {
    EngineOptions options = EngineOptions.defaults().residing(residency);
    names().forEach(name -> check(name, options, LazyCore.none()));
  }

  private static void check(String name, EngineOptions options, LazyCore core) {
    JsonNode expected = Scenarios.expected(name);
    if (expected.has("error")) {
      assertThatThrownBy(() -> load(name, options, core).close())
          .isInstanceOf(TenonException.class);
      return;
    }
    try (Loaded loaded = load(name, options, core)) {
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

  private static Loaded load(String name, EngineOptions options, LazyCore core) {
    return Scenarios.plan(name, Scenarios.directory(name)).load(options, core);
  }
}
