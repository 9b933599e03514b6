package dev.tenon.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;

/** Errors of a JVM whose heap is full, whatever they say first. */
class ShortageTest {
  private static final OutOfMemoryError FULL = new OutOfMemoryError("Java heap space");

  @Test
  void aShortageIsFoundBehindOtherErrors() {
    assertThat(Shortage.in(FULL)).isSameAs(FULL);
    assertThat(Shortage.in(new ServiceConfigurationError("a family", FULL))).isSameAs(FULL);
    assertThat(Shortage.in(new ExceptionInInitializerError(FULL))).isSameAs(FULL);
    assertThat(Shortage.in(new NoClassDefFoundError("a/Class"))).isNull();
  }

  @Test
  void aFullHeapNamesTheFlag() {
    assertThat(Shortage.of(FULL))
        .hasMessageStartingWith("Out of memory: reason=Java heap space, remedy=-Xmx");
  }
}
