package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.tenon.TenonException;
import dev.tenon.plan.place.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetsTest {
  @Test
  void unitsAreWhatTheySay() {
    assertThat(Budgets.parse("cuda:0=10GiB,cuda:1=1.5GB,cpu=512MiB,disk=7"))
        .containsExactly(
            entry(Device.cuda(0), 10L << 30),
            entry(Device.cuda(1), 1_500_000_000L),
            entry(Device.CPU, 512L << 20),
            entry(Device.DISK, 7L));
    assertThat(Budgets.parse("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cpu", "cpu=", "cpu=1iB", "cpu=-1", "cpu=1PB", "tpu=1", "cpu=1,cpu=2", ","})
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> Budgets.parse(text)).isInstanceOf(TenonException.class);
  }
}
