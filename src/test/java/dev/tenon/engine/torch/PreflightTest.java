package dev.tenon.engine.torch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final long GIB = 1L << 30;

  @Test
  void theFlagThatLetsItPassIsNamed() {
    assertThatThrownBy(() -> Preflight.check(5 * GIB, GIB, 2 * GIB, 100 * GIB))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("needed=" + 5 * GIB)
        .hasMessageMatching(".*remedy=-Dorg\\.bytedeco\\.javacpp\\.maxPhysicalBytes=\\d+g");
  }

  @Test
  void noLimitIsNeverPassed() {
    assertThatCode(() -> Preflight.check(5 * GIB, GIB, 0, 100 * GIB)).doesNotThrowAnyException();
  }

  @Test
  void memoryTheMachineHasNotGotIsRefused() {
    assertThatThrownBy(() -> Preflight.check(5 * GIB, GIB, 0, 4 * GIB))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("free=" + 4 * GIB);
  }
}
