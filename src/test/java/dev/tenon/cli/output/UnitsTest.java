package dev.tenon.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.00 kB",
    "9994, 9.99 kB",
    "99900, 99.9 kB",
    "999499, 999 kB",
    "999500, 1.00 MB",
    "5228683776, 5.23 GB",
    "9223372036854775807, 9223372 TB"
  })
  void bytesHaveThreeDigits(long bytes, String text) {
    assertThat(Units.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "12, 12",
    "12B, 12",
    "500MB, 500000000",
    "1.5 gb, 1500000000",
    "0.0004kB, 0",
    "2TB, 2000000000000",
    "999999999999999TB, 9223372036854775807",
    "5GiB, 0",
    "-1, 0",
    "much, 0"
  })
  void sizesAreRead(String text, long bytes) {
    assertThat(Units.parseBytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"0.04, 0.0 ms", "9.94, 9.9 ms", "9.96, 10 ms", "999.4, 999 ms", "1234, 1.23 s"})
  void durations(double millis, String text) {
    assertThat(Units.millis(millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1000000, 1, 1.00 GB/s", "500, 1000, 500 B/s"})
  void rates(long bytes, double millis, String text) {
    assertThat(Units.rate(bytes, millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 0 s", "3599, 59 min 59 s", "3900, 1 h 5 min"})
  void waits(long seconds, String text) {
    assertThat(Units.seconds(seconds)).isEqualTo(text);
  }
}
