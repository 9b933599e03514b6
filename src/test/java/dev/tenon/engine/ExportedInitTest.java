package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.file.Exported;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Initial values that follow from an exported file are the reference's, bit for bit. */
class ExportedInitTest {
  static Stream<Exported> files() {
    return Exported.all();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyValueIsTheReferences(Exported exported) {
    LoadPlan plan = Planner.initialize(exported.skeleton(), DType.F32);
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    try (Loaded loaded =
        Engine.load(plan, List.of(), EngineOptions.defaults(), LoadListener.NONE)) {
      for (int i = 0; i < plan.steps().size(); i++) {
        String name = plan.steps().get(i).slot().name();
        var expected = exported.init().get(name);
        checked += expected == null ? 0 : 1;
        if (expected != null && !expected.textValue().equals(Bytes.crc32(loaded.tensor(i)))) {
          wrong.add(name + " " + loaded.origin(i));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isEqualTo(exported.init().size()).isGreaterThan(20);
  }

  @Test
  void whatIsComputedFromADrawIsTheReferencesButForTheLastBit() {
    Exported mamba = new Exported("mamba");
    LoadPlan plan = Planner.initialize(mamba.skeleton(), DType.F32);
    try (Loaded loaded =
        Engine.load(plan, List.of(), EngineOptions.defaults(), LoadListener.NONE)) {
      assertThat(mamba.near().size()).isEqualTo(2);
      for (var slot : mamba.near().properties()) {
        int index = plan.skeleton().index().get(slot.getKey());
        FloatPointer values = new FloatPointer(loaded.tensor(index).data_ptr());
        for (int i = 0; i < slot.getValue().size(); i++) {
          double expected = slot.getValue().get(i).doubleValue();
          assertThat((double) values.get(i)).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
        }
      }
    }
  }
}
