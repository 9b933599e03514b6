package dev.tenon.plan.names;

import static dev.tenon.plan.PlanText.plan;
import static dev.tenon.plan.PlanText.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Models;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.plan.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller wants a checkpoint's keys to be called. */
class KeyMappingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "^language_model\\.=                      | language_model.a.w      | a.w",
        "^=model.                                 | a.w                     | model.a.w",
        "=model.                                  | a.w                     | model.a.w",
        "a=b                                      | a.a                     | b.a",
        "^old\\.(\\d+)\\.=new.\\1.                | old.7.w                 | new.7.w",
        "(\\w)\\.(\\w)=\\2.\\1                    | a.b                     | b.a",
        "(a)=\\10                                 | a.w                     | a0.w",
        "(?P<name>a)(?P=name)=b                   | aa.w                    | b.w",
        "experts.*.w1=e                           | experts.3.w1            | e",
        "x=a\\.b                                  | x.w                     | a.b.w",
        "w=^v                                     | w.w                     | v.w",
        "w=v$                                     | w.w                     | w.v",
        "(?=a)a=b                                 | a.w                     | b.w",
        "a=$1                                     | a.w                     | $1.w",
        "^vision(?!\\.tower)=v                    | vision.tower.w          | vision.tower.w",
      })
  void theFirstMatchIsReplaced(String mapping, String key, String name) {
    assertThat(KeyMapping.parse(mapping).renaming().apply(key)).isEqualTo(name);
    assertThat(KeyMapping.parse(mapping)).hasToString(mapping);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a=b", "a=\\1", "(a)=\\2", "a=\\d", "a=b\\", "a=(b)", "*=b", "[=b"})
  void whatIsNoMappingIsRefusedByItsExpression(String mapping) {
    assertThatThrownBy(() -> KeyMapping.parse(mapping))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("regex=" + mapping.substring(0, mapping.indexOf('=')));
  }

  @Test
  void anExpressionHasAnEnd() {
    assertThatThrownBy(() -> KeyMapping.parse("model.layers"))
        .hasMessageContaining("mapping=model.layers");
    assertThatThrownBy(() -> new KeyMapping("a".repeat(5000), ""))
        .hasMessageContaining("more than 4096 characters");
    assertThatThrownBy(() -> new KeyMapping("(".repeat(2000) + ")".repeat(2000) + "{", ""))
        .isInstanceOf(TenonException.class);
    Weights weights = Weights.of("a".repeat(64));
    assertThatThrownBy(
            () -> plan(weights.open(directory), Models.of("b"), mapping("^(a+)+\\1(b)=")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("does not come to an end");
  }

  @Test
  void mappingsActInOrderAndBeforeTheFamilys() {
    Models model = Models.of("n.w").rename("", "^y", "n");
    Weights weights = Weights.of("x.w");

    LoadPlan plan = plan(weights.open(directory), model, mapping("^x=z", "^z=y"));

    assertThat(steps(plan)).containsExactly("n.w < x.w");
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void theBasePrefixCountsAfterThem() {
    Models model = Models.of("base.w", "head.w").basePrefix("base");
    Weights weights = Weights.of("old.w", "old.head.w");

    assertThat(steps(plan(weights.open(directory), model, mapping("^old\\.="))))
        .containsExactly("base.w < old.w", "head.w < old.head.w");
  }

  @Test
  void aMappingThatLeadsNowhereIsUndoneWhereTheKeyIsASlot() {
    Weights weights = Weights.of("a", "b");

    assertThat(steps(plan(weights.open(directory), Models.of("a", "c"), mapping("^.=c"))))
        .containsExactly("a!", "c < a");
    assertThat(steps(plan(weights.open(directory), Models.of("a", "b"), mapping("^a=x"))))
        .containsExactly("a < a", "b < b");
  }

  @Test
  void keysThatNoSlotTakesAreReportedAsTheyAreCalledThen() {
    LoadPlan plan =
        plan(Weights.of("a", "x.b").open(directory), Models.of("a"), mapping("^x=y", "^q=r"));

    assertThat(plan.unexpected()).containsExactly("y.b");
    assertThat(plan.warnings()).containsExactly("A key mapping matches no key: regex=^q");
  }

  @Test
  void aSaveWritesTheModelsNames() {
    Models model = Models.of("n.LayerNorm.weight");
    Weights weights = Weights.of("x.LayerNorm.gamma");

    LoadPlan plan = plan(weights.open(directory), model, mapping("^x=n"));

    assertThat(plan.dialect().renamings())
        .extracting(renaming -> renaming.source().pattern())
        .containsExactly("LayerNorm.gamma");
  }

  @Test
  void aModelThatNothingDescribesHasTheMappedNames() {
    Weights weights = Weights.of("m.a", "m.b", "n.a");

    LoadPlan plan = Planner.plan(weights.open(directory), mapping("^[mn]\\.="));

    assertThat(steps(plan)).containsExactly("a < m.a", "b < m.b");
    assertThat(plan.warnings()).anyMatch(it -> it.contains("tensor=a, used=m.a, lost=n.a"));
  }

  private static PlanOptions mapping(String... mappings) {
    List<KeyMapping> all = Stream.of(mappings).map(KeyMapping::parse).toList();
    return new PlanOptions(null, false, all);
  }
}
