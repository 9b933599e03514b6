package dev.tenon.plan;

import static dev.tenon.plan.PlanText.groups;
import static dev.tenon.plan.PlanText.plan;
import static dev.tenon.plan.PlanText.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.plan.tie.TieDecisions;
import dev.tenon.plan.tie.TieForest;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the table of ties, and what the table follows from. */
class TiesTest {
  @TempDir Path directory;

  private LoadPlan load(Models model, Weights weights) {
    return FileBytes.resolve(plan(weights.open(directory), model));
  }

  private static Models headAndEmbedding() {
    return Models.of("embed", "other", "head").tie("head", "embed");
  }

  private static Models threeTargets() {
    return Models.of("shared", "a", "b", "c")
        .tie("a", "shared")
        .tie("b", "shared")
        .tie("c", "shared");
  }

  /** A chain: only its end has no source. */
  private static Models chain() {
    return Models.of("a", "b", "c", "d").tie("a", "b").tie("b", "c").tie("c", "d");
  }

  @Test
  void anAbsentTargetTakesItsSourcesTensor() {
    LoadPlan plan = load(headAndEmbedding(), Weights.of("embed", "other"));
    assertThat(steps(plan)).containsExactly("embed < embed", "other < other", "head = embed");
    assertThat(groups(plan)).containsExactly(List.of("embed", "head"));
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void anAbsentSourceTakesItsTargetsTensor() {
    LoadPlan plan = load(headAndEmbedding(), Weights.of("head", "other"));
    assertThat(steps(plan)).containsExactly("embed = head", "other < other", "head < head");
    assertThat(plan.missing()).isEmpty();
  }

  @Test
  void bothThereIsLeftToTheBytes() {
    LoadPlan plan = plan(Weights.of("embed", "head").open(directory), headAndEmbedding());
    assertThat(plan.candidates()).containsExactly(new TieCandidate(2, 0, new Tie("head", "embed")));
    assertThat(plan.ties()).isEmpty();
    assertThat(steps(plan)).containsExactly("embed < embed", "other!", "head < head");
  }

  @Test
  void bothThereAndEqualAreTied() {
    LoadPlan plan = load(headAndEmbedding(), Weights.of("embed", "other", "head"));
    assertThat(steps(plan)).containsExactly("embed < embed", "other < other", "head = embed");
    assertThat(plan.candidates()).isEmpty();
    assertThat(plan.parted()).isEmpty();
  }

  @Test
  void bothThereAndDifferentAreParted() {
    Weights weights = Weights.of("other").filled("embed", 1).filled("head", 2);
    LoadPlan plan = load(headAndEmbedding(), weights);
    assertThat(steps(plan)).containsExactly("embed < embed", "other < other", "head < head");
    assertThat(plan.ties()).isEmpty();
    assertThat(plan.parted()).containsExactly(new Tie("head", "embed"));
    assertThat(plan.warnings()).singleElement().asString().contains("target=head, source=embed");
  }

  @Test
  void bothReadFromTheSamePlaceNeedNoComparison() {
    TensorEntry entry = new TensorEntry("embed", DType.F32, Shape.of(2), Path.of("f"), 64, null);
    TensorEntry same = new TensorEntry("head", DType.F32, Shape.of(2), Path.of("f"), 64, null);
    TensorEntry next = new TensorEntry("head", DType.F32, Shape.of(2), Path.of("f"), 72, null);
    assertThat(decide(entry, same).candidates()).isEmpty();
    assertThat(decide(entry, same).owners()).containsExactly(0, 1, 0);
    assertThat(decide(entry, next).candidates())
        .containsExactly(new TieCandidate(2, 0, new Tie("head", "embed")));
  }

  private static TieDecisions decide(TensorEntry embed, TensorEntry head) {
    Skeleton skeleton = headAndEmbedding().skeleton();
    SlotNames names = new SlotNames(skeleton);
    Claim[] claims = {new Claim.Whole(embed), null, new Claim.Whole(head)};
    return TieDecisions.of(TieForest.of(skeleton.slots(), names, skeleton.ties()), claims);
  }

  @Test
  void bothAbsentAreMissingAndShareOneInitialisedTensor() {
    LoadPlan plan = load(headAndEmbedding(), Weights.of("other"));
    assertThat(steps(plan)).containsExactly("embed!", "other < other", "head = embed");
    assertThat(plan.missing()).containsExactly("embed", "head");
    assertThat(plan.warnings()).singleElement().asString().contains("[embed, head]");
  }

  @Test
  void withoutATieAnAbsentTargetIsMissing() {
    LoadPlan plan = load(Models.of("embed", "head"), Weights.of("embed"));
    assertThat(steps(plan)).containsExactly("embed < embed", "head!");
    assertThat(plan.missing()).containsExactly("head");
  }

  @Test
  void aLaterTargetThatIsThereOwns() {
    LoadPlan plan = load(threeTargets(), Weights.of("c"));
    assertThat(steps(plan)).containsExactly("shared = c", "a = c", "b = c", "c < c");
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void ofSeveralTargetsTheFirstDeclaredOwnsAndOneThatDiffersIsParted() {
    LoadPlan plan = load(threeTargets(), Weights.of("b").filled("a", 1).filled("c", 1));
    assertThat(steps(plan)).containsExactly("shared = a", "a < a", "b < b", "c = a");
    assertThat(plan.parted()).containsExactly(new Tie("b", "shared"));
    assertThat(plan.warnings()).singleElement().asString().contains("target=b, source=a");
  }

  @Test
  void withoutThePartedTiesTheOthersGiveTheSameGroups() {
    for (Models model : List.of(threeTargets(), chain())) {
      LoadPlan plan = load(model, Weights.of("b", "d").filled("a", 1).filled("c", 1));
      List<Tie> kept = new ArrayList<>(plan.skeleton().ties());
      kept.removeAll(plan.parted());
      LoadPlan again = Planner.initialize(plan.skeleton().withTies(kept), DType.F32);
      assertThat(again.ties().stream().map(TieGroup::members))
          .isEqualTo(plan.ties().stream().map(TieGroup::members).toList());
      assertThat(plan.parted()).isNotEmpty();
    }
  }

  @Test
  void aChainWithOnlyItsLastTargetStoredIsOneTensor() {
    LoadPlan plan = load(chain(), Weights.of("a"));
    assertThat(steps(plan)).containsExactly("a < a", "b = a", "c = a", "d = a");
    assertThat(plan.missing()).isEmpty();
  }

  @Test
  void aChainWithOnlyItsSourceStoredIsOneTensor() {
    assertThat(steps(load(chain(), Weights.of("d"))))
        .containsExactly("a = d", "b = d", "c = d", "d < d");
  }

  @Test
  void belowAPartedLinkAChainGoesWithItsOwnSource() {
    LoadPlan plan = load(chain(), Weights.of("d").filled("b", 1));
    assertThat(steps(plan)).containsExactly("a = b", "b < b", "c = d", "d < d");
    assertThat(plan.parted()).containsExactly(new Tie("b", "c"));
  }

  @Test
  void equalLinksOfAChainJoinBehindOneOwner() {
    LoadPlan plan = load(chain(), Weights.of("a", "b", "d"));
    assertThat(steps(plan)).containsExactly("a = d", "b = d", "c = d", "d < d");
    assertThat(groups(plan)).containsExactly(List.of("d", "a", "b", "c"));
  }

  @Test
  void circularAndRepeatedDeclarationsAreOneGroup() {
    Models circle = Models.of("a", "b", "c").tie("a", "b").tie("b", "c").tie("c", "a");
    assertThat(steps(load(circle, Weights.of("a")))).containsExactly("a < a", "b = a", "c = a");
    Models twoSources = Models.of("a", "b", "c").tie("a", "b").tie("a", "c");
    assertThat(steps(load(twoSources, Weights.of("c")))).containsExactly("a = c", "b = c", "c < c");
  }

  @Test
  void namesInListsAreTiedLikeAnyOther() {
    Models model =
        Models.of("heads.0.weight", "heads.1.weight", "heads.2.weight")
            .tie("heads.1.weight", "heads.0.weight")
            .tie("heads.2.weight", "heads.0.weight");
    assertThat(steps(load(model, Weights.of("heads.1.weight"))))
        .containsExactly(
            "heads.0.weight = heads.1.weight",
            "heads.1.weight < heads.1.weight",
            "heads.2.weight = heads.1.weight");
  }

  @Test
  void aMismatchedKeyCountsAsAbsent() {
    PlanOptions ignore = new PlanOptions(null, true);
    LoadPlan target =
        plan(Weights.of("embed").add("head", 5).open(directory), headAndEmbedding(), ignore);
    assertThat(steps(target)).containsExactly("embed < embed", "other!", "head = embed");
    assertThat(target.mismatched()).extracting(Mismatch::name).containsExactly("head");
    assertThat(target.candidates()).isEmpty();
    LoadPlan source =
        plan(Weights.of("head").add("embed", 5).open(directory), headAndEmbedding(), ignore);
    assertThat(steps(source)).containsExactly("embed = head", "other!", "head < head");
    LoadPlan neither =
        plan(Weights.of("other").add("embed", 5).open(directory), headAndEmbedding(), ignore);
    assertThat(steps(neither)).containsExactly("embed!", "other < other", "head = embed");
    assertThat(neither.mismatched()).extracting(Mismatch::name).containsExactly("embed");
    assertThat(neither.missing()).isEmpty();
  }

  @Test
  void tiedSlotsOfDifferentShapesAreRefused() {
    Models model = Models.of("embed").parameter("head", 3).tie("head", "embed");
    assertThatThrownBy(() -> load(model, Weights.of("embed")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("target=head, actual=[3], source=embed, expected=[2]");
  }

  @Test
  void aTieToNowhereIsRefused() {
    Models model = Models.of("embed", "head").tie("head", "token");
    assertThatThrownBy(() -> load(model, Weights.of("embed")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("absent=token");
  }
}
