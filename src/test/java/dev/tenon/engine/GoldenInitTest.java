package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With nothing loaded, seed 0 and float32, every value is the reference's, bit for bit. */
class GoldenInitTest {
  static Stream<GoldenFamilies.Row> rows() {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    return GoldenFamilies.rows().stream()
        .filter(row -> row.json().has("init") && known.contains(row.className()));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyValueIsTheReferences(GoldenFamilies.Row row) {
    LoadPlan plan = Planner.initialize(Families.skeleton(row.className(), row.config()), DType.F32);
    List<String> wrong = new ArrayList<>();
    try (Loaded loaded =
        Engine.load(plan, List.of(), EngineOptions.defaults(), LoadListener.NONE)) {
      for (int i = 0; i < plan.steps().size(); i++) {
        String name = plan.steps().get(i).slot().name();
        var expected = row.json().get("init").get(name);
        if (expected != null && !expected.textValue().equals(Bytes.crc32(loaded.tensor(i)))) {
          wrong.add(name + " " + loaded.origin(i));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
