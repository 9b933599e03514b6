package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * As many keys as the largest checkpoints of experts have. The limit is a hundred times what this
 * takes: it is there for work that grows with the square of the keys.
 */
class MatchingScaleTest {
  private static final int LAYERS = 100;
  private static final int EXPERTS = 300;

  @Test
  void ninetyThousandExpertsAreMatchedInLinearTime() {
    Models model = new Models().basePrefix("model");
    List<TensorEntry> entries = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      String experts = "model.layers." + layer + ".mlp.experts.";
      model
          .parameter(experts + "gate_up_proj", EXPERTS, 4, 2)
          .parameter(experts + "down_proj", EXPERTS, 2, 2);
      for (int expert = 0; expert < EXPERTS; expert++) {
        for (String part : List.of("down", "gate", "up")) {
          String name = experts + expert + "." + part + "_proj.weight";
          entries.add(new TensorEntry(name, DType.F32, Shape.of(2, 2), Path.of("f"), 0, null));
        }
      }
    }
    Skeleton skeleton =
        model
            .convert(
                new Conversion(
                    "",
                    List.of("experts.*.gate_proj.weight", "experts.*.up_proj.weight"),
                    List.of("experts.gate_up_proj"),
                    List.of(new Operation.Stack(0), new Operation.Concatenate(1))))
            .convert(
                new Conversion(
                    "",
                    List.of("experts.*.down_proj.weight"),
                    List.of("experts.down_proj"),
                    List.of(new Operation.Stack(0))))
            .skeleton();
    Claim[] claims =
        assertTimeout(
            Duration.ofSeconds(60),
            () -> Matching.of(skeleton, new SlotNames(skeleton), entries).claims());
    assertThat(claims).doesNotContainNull();
    assertThat(Mismatches.takeOut(skeleton.slots(), claims)).isEmpty();
  }
}
