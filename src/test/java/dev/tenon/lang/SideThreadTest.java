package dev.tenon.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SideThreadTest {
  @AfterEach
  void nobodyIsInterruptedAfterwards() {
    Thread.interrupted();
  }

  @Test
  void itsEndIsWaitedForThoughTheWaitIsInterruptedAndThatIsRemembered() {
    CountDownLatch ended = new CountDownLatch(1);
    SideThread beside = SideThread.start("beside", () -> pause(ended));
    Thread.currentThread().interrupt();
    beside.join();
    assertThat(ended.getCount()).isZero();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void itIsADaemonOfItsName() throws InterruptedException {
    Thread[] ran = new Thread[1];
    SideThread beside = SideThread.start("beside", () -> ran[0] = Thread.currentThread());
    beside.join();
    assertThat(ran[0].isDaemon()).isTrue();
    assertThat(ran[0].getName()).isEqualTo(beside.name()).isEqualTo("beside");
  }

  private static void pause(CountDownLatch ended) {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      return; // Nobody interrupts this thread.
    }
    ended.countDown();
  }
}
