package dev.tenon.plan.save;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One expert's matrix keeps the name checkpoints know it by. */
class StoredNamesTest {
  private static final Skeleton MIXTRAL = mixtral();

  private static Skeleton mixtral() {
    Config config =
        GoldenFamilies.rows().stream()
            .filter(row -> row.className().equals("MixtralForCausalLM"))
            .findFirst()
            .orElseThrow()
            .config();
    return Families.skeleton("MixtralForCausalLM", config);
  }

  private static Slot slot(String name) {
    return MIXTRAL.slots().get(MIXTRAL.index().get(name));
  }

  @Test
  void stackedExpertsFallApart() {
    Slot gateUp = slot("model.layers.0.mlp.experts.gate_up_proj");
    List<StoredNames.Stored> stored = new StoredNames(MIXTRAL).of(gateUp);
    long experts = gateUp.shape().dim(0);
    assertThat(stored).hasSize((int) (2 * experts));
    StoredNames.Stored up =
        stored.stream().filter(s -> s.name().endsWith("experts.1.w3.weight")).findFirst().get();
    long half = gateUp.shape().dim(1) / 2;
    assertThat(up.shape()).isEqualTo(Shape.of(half, gateUp.shape().dim(2)));
    assertThat(up.pieces()).hasSize(1);
    assertThat(up.pieces().get(0).source().start()).isEqualTo(Shape.of(1, half, 0));
  }

  @Test
  void aSlotStoredAsItIsHasNoOtherName() {
    assertThat(new StoredNames(MIXTRAL).of(slot("model.norm.weight"))).isEmpty();
  }
}
