package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import org.junit.jupiter.api.Test;

class GuardTest {
  private final Guard guard = new Guard("thing");

  @Test
  void refusesToCloseWhileUsedAndToBeUsedOnceClosed() {
    Guard.Use use = guard.use();
    assertThatThrownBy(guard::close)
        .isInstanceOf(TenonException.class)
        .hasMessage("Attempt to close it while it is in use: what=thing, calls=1");
    use.close();
    assertThat(guard.close()).isTrue();
    assertThat(guard.close()).isFalse();
    assertThatThrownBy(guard::use)
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("what=thing");
  }

  @Test
  void manyMayUseIt() {
    Guard.Use first = guard.use();
    Guard.Use second = guard.use();
    first.close();
    assertThatThrownBy(guard::close).hasMessageContaining("calls=1");
    second.close();
    assertThat(guard.close()).isTrue();
  }
}
