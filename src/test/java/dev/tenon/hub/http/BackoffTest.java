package dev.tenon.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0                             | PT0S",
        "120                           | PT2M",
        "999999999999999999            | PT999999999999999999S",
        "Wed, 25 Nov 2026 12:00:30 GMT | PT30S",
        "Wed, 25 Nov 2026 11:00:00 GMT | PT0S",
        "-1                            |",
        "soon                          |",
        "9999999999999999999999        |",
        "Wed, 99 Nov 2026 12:00:30 GMT |"
      })
  void aServerAsksInSecondsOrByADate(String text, Duration wait) {
    assertThat(Backoff.retryAfter(text, NOW)).isEqualTo(wait);
  }

  @Test
  void waitsGrowAndAreNeverAlike() {
    Backoff backoff = Backoff.STANDARD;

    for (int i = 0; i < 100; i++) {
      assertThat(backoff.delay(1)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
      assertThat(backoff.delay(3)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
      assertThat(backoff.delay(1000)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
      assertThat(Backoff.after(Duration.ofSeconds(10)))
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    }
    assertThat(backoff.delay(1000)).isNotEqualTo(backoff.delay(1000));
  }
}
