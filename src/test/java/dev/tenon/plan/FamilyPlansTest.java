package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every class of every family can be planned from its config alone, its ties sound. */
class FamilyPlansTest {
  static Stream<GoldenFamilies.Row> rows() {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    return GoldenFamilies.rows().stream()
        .filter(row -> known.contains(row.className()) && row.variant().equals("small"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everySlotOfATieIsInItsGroupAndNoOther(GoldenFamilies.Row row) {
    Skeleton skeleton = Families.skeleton(row.className(), row.config());
    LoadPlan plan = Planner.initialize(skeleton, DType.F32);
    assertThat(plan.steps()).hasSameSizeAs(skeleton.slots());
    Set<String> tied = new HashSet<>();
    skeleton
        .ties()
        .forEach(
            tie -> {
              tied.add(tie.target());
              tied.add(tie.source());
            });
    List<String> members = new ArrayList<>();
    for (TieGroup group : plan.ties()) {
      assertThat(plan.steps().get(group.owner())).isInstanceOf(Step.Initialize.class);
      group.members().forEach(member -> members.add(skeleton.slots().get(member).name()));
    }
    assertThat(members).containsExactlyInAnyOrderElementsOf(tied);
  }
}
