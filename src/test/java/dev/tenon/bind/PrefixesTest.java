package dev.tenon.bind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixesTest {
  @Test
  void aNameWithoutAPrefixStays() {
    assertThat(Prefixes.NONE.inModule("lm_head.weight")).isEqualTo("lm_head.weight");
    assertThat(Prefixes.NONE.with("model", "").inModule("modeling.weight"))
        .isEqualTo("modeling.weight");
  }

  @Test
  void theLongestCounts() {
    Prefixes prefixes =
        Prefixes.NONE.with("", "root").with("model.layers", "blocks").with("model.", "decoder");

    assertThat(prefixes.inModule("model.layers.0.weight")).isEqualTo("blocks.0.weight");
    assertThat(prefixes.inModule("model.norm.weight")).isEqualTo("decoder.norm.weight");
    assertThat(prefixes.inModule("lm_head.weight")).isEqualTo("root.lm_head.weight");
  }

  @Test
  void aPrefixMayBeTheWholeName() {
    Prefixes prefixes = Prefixes.NONE.with("model.scale", "s").with("model", "m");

    assertThat(prefixes.inModule("model.scale")).isEqualTo("s");
    assertThat(prefixes.inModule("model.scaled")).isEqualTo("m.scaled");
  }
}
