package dev.tenon.skeleton.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Test;

/** The encoder's fixed positions. */
class WhisperTest {
  private static final int WIDTH = 16;
  private static final Config CONFIG =
      Config.defaults("d_model", WIDTH, "max_source_positions", 20, "encoder_layers", 1);

  @Test
  void positionsAreSinesThenCosinesOfGrowingWavelengths() {
    double[] table = positions();
    assertThat(table).hasSize(20 * WIDTH);
    assertThat(table[0]).isZero();
    assertThat(table[8]).isEqualTo(1);
    assertThat(table[WIDTH]).isCloseTo(Math.sin(1), within(1e-7));
    assertThat(table[WIDTH + 7]).isCloseTo(Math.sin(1e-4), within(1e-7));
    assertThat(table[19 * WIDTH + 3])
        .isCloseTo(Math.sin(19 * Math.pow(10000, -3 / 7.0)), within(1e-6));
    assertThat(table[19 * WIDTH + 15]).isCloseTo(Math.cos(19e-4), within(1e-6));
  }

  private static double[] positions() {
    Skeleton skeleton = Families.skeleton("WhisperEncoder", CONFIG);
    int slot = skeleton.index().get("embed_positions.weight");
    for (InitStep step : skeleton.steps()) {
      if (step.slot() == slot
          && step.rule() instanceof InitRule.Computed computed
          && computed.value() instanceof Value.Numbers numbers) {
        return numbers.numbers().get();
      }
    }
    throw new AssertionError("Nothing computes the positions");
  }
}
