package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
  /** What the reference's key sorts these to. */
  private static final List<String> SORTED =
      List.of(
          "2",
          "10",
          "10.w",
          "10.x",
          "",
          "a",
          "a.2",
          "a.10",
          "a.b",
          "a2",
          "a10",
          "a10.z",
          "b.0",
          "b.01",
          "b.1",
          "b.18446744073709551616",
          "b.18446744073709551617",
          "b.weight",
          "b.weight_v",
          "b.weight_v1",
          "b_1",
          "é",
          "\uffff",
          "\ud83d\ude00");

  @Test
  void sortsAsTheReferenceDoes() {
    List<String> shuffled = new ArrayList<>(SORTED);
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(shuffled.stream().sorted(NaturalOrder.INSTANCE)).isEqualTo(SORTED);
    }
  }

  @Test
  void onlyEqualNamesAreEqual() {
    assertThat(NaturalOrder.INSTANCE.compare("w.1", "w.01")).isNotZero();
    assertThat(NaturalOrder.INSTANCE.compare("w.1", "w.1")).isZero();
  }
}
