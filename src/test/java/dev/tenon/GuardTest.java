package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GuardTest {
  private final Guard guard = new Guard("model");

  @Test
  void closingIsRefusedWhileInUse() {
    guard.enter();
    guard.enter();

    assertThatThrownBy(guard::close)
        .isInstanceOf(TenonException.class)
        .hasMessage("Attempt to close a model, but it is in use: calls=2");

    guard.leave();
    guard.leave();
    assertThat(guard.close()).isTrue();
  }

  @Test
  void closingTwiceDoesNothing() {
    guard.close();

    assertThat(guard.close()).isFalse();
  }

  @Test
  void useIsRefusedAfterClosing() {
    guard.close();

    assertThatThrownBy(guard::enter).hasMessage("Attempt to use a model, but it is closed");
    assertThatThrownBy(guard::beginChange)
        .hasMessage("Attempt to change a model, but it is closed");
  }

  @Test
  void aChangeHasTheModelToItself() {
    guard.beginChange();

    assertThatThrownBy(guard::enter).hasMessageContaining("another thread is changing it");
    assertThatThrownBy(guard::close).hasMessageContaining("another thread is changing it");
    assertThatThrownBy(guard::beginChange).hasMessageContaining("another thread is changing it");

    guard.endChange();
    guard.enter();
    assertThatThrownBy(guard::beginChange).hasMessageContaining("in use: calls=1");
  }

  @Test
  void aRetiredModelIsClosedByWhoLeavesLast() {
    guard.enter();
    assertThat(guard.retire()).isFalse();
    assertThat(guard.retire()).isFalse();
    assertThat(guard.enterIfOpen()).as("a call inside a call").isTrue();
    assertThatThrownBy(guard::close).hasMessageContaining("in use: calls=2");

    assertThat(guard.leave()).isFalse();
    assertThat(guard.leave()).isTrue();
    assertThat(guard.enterIfOpen()).isFalse();
    assertThat(guard.close()).isFalse();
    assertThat(guard.retire()).isFalse();
  }

  @Test
  void aModelRetiredDuringAChangeIsClosedByItsEnd() {
    guard.beginChange();
    assertThat(guard.retire()).isFalse();
    assertThatThrownBy(guard::enterIfOpen).hasMessageContaining("another thread is changing it");

    assertThat(guard.endChange()).isTrue();
    assertThat(guard.enterIfOpen()).isFalse();
  }

  @Test
  void aRetiredModelThatNobodyUsesIsClosedAtOnce() {
    assertThat(guard.retire()).isTrue();
    assertThatThrownBy(guard::enter).hasMessage("Attempt to use a model, but it is closed");
  }

  @Test
  void noCallIsEverInsideAClosedModel() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> users = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        users.add(threads.submit(() -> useUntilClosed(closed)));
      }
      while (!tryToClose()) {
        Thread.onSpinWait();
      }
      closed.set(true);
      for (Future<?> user : users) {
        user.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void useUntilClosed(AtomicBoolean closed) {
    while (true) {
      try {
        guard.enter();
      } catch (TenonException refused) {
        return;
      }
      assertThat(closed).isFalse();
      guard.leave();
    }
  }

  private boolean tryToClose() {
    try {
      return guard.close();
    } catch (TenonException inUse) {
      return false;
    }
  }
}
