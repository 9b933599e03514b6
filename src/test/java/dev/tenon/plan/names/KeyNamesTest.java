package dev.tenon.plan.names;

import static dev.tenon.plan.PlanText.plan;
import static dev.tenon.plan.PlanText.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Models;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Weights;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What training tools put before every key. */
class KeyNamesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."})
  void itIsTakenOffWithAWarning(String prefix) {
    Weights weights = Weights.of(prefix + "a", prefix + "b");

    LoadPlan plan = plan(weights.open(directory), Models.of("a", "b"));

    assertThat(steps(plan)).containsExactly("a < " + prefix + "a", "b < " + prefix + "b");
    assertThat(plan.warnings()).singleElement().asString().endsWith("prefix=" + prefix);
    assertThat(plan.dialect().isOwn()).isTrue();
  }

  @Test
  void itStaysWhereNotEveryKeyHasIt() {
    LoadPlan plan = plan(Weights.of("module.x", "a").open(directory), Models.of("a"));

    assertThat(plan.unexpected()).containsExactly("module.x");
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void itStaysWhereTheModelHasIt() {
    Weights weights = Weights.of("module.a", "module.b");

    assertThat(steps(plan(weights.open(directory), Models.of("module.a", "b"))))
        .containsExactly("module.a < module.a", "b!");
  }

  @Test
  void aCallersMappingComesFirst() {
    PlanOptions options = new PlanOptions(null, false, List.of(new KeyMapping("^module\\.", "")));

    LoadPlan plan = plan(Weights.of("module.a").open(directory), Models.of("a"), options);

    assertThat(steps(plan)).containsExactly("a < module.a");
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void aNameThatIsPrefixesAllTheWayIsNotFollowedForEver() {
    Weights weights = Weights.of("module.".repeat(100_000) + "a", "b");

    assertThat(steps(plan(weights.open(directory), Models.of("b")))).containsExactly("b < b");
    Weights alone = Weights.of("module.".repeat(9) + "a", "module.".repeat(8) + "a");
    assertThat(plan(alone.open(directory), Models.of("a")).unexpected())
        .containsExactly("module.a");
  }
}
