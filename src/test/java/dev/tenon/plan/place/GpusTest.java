package dev.tenon.plan.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What NVIDIA's driver says of GPUs, as a process sees them. */
class GpusTest {
  private static final String THREE = "0, 1000\n1, 2000\n2, 3000\n";

  private static Map<Device, Long> inMib(long... mib) {
    Map<Device, Long> budgets = new TreeMap<>();
    for (int i = 0; i < mib.length; i++) {
      budgets.put(Device.cuda(i), mib[i] << 20);
    }
    return budgets;
  }

  @Test
  void nineTenthsOfWhatIsFree() {
    assertThat(Gpus.budgets(THREE, null)).isEqualTo(inMib(900, 1800, 2700));
    assertThat(Gpus.budgets("", null)).isEmpty();
  }

  @Test
  void thoseThatAreVisibleUnderTheirNumbersHere() {
    assertThat(Gpus.budgets(THREE, "2,0")).isEqualTo(inMib(2700, 900));
    assertThat(Gpus.budgets(THREE, "1,-1,2")).isEqualTo(inMib(1800));
    assertThat(Gpus.budgets(THREE, "")).isEmpty();
  }
}
