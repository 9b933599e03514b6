package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Known answers computed with Python's hashlib. */
class PhiloxKeyTest {
  @Test
  void isTheHashOfSeedAndName() {
    assertThat(PhiloxKey.of(0L, "model.embed_tokens.weight"))
        .isEqualTo(new PhiloxKey(0xf6e34d2c101f22cbL, 0xbe66d9057eb1bcfaL));
    assertThat(PhiloxKey.of(-1L, "größe"))
        .isEqualTo(new PhiloxKey(0xafde44b9239595d0L, 0xa380d8feb2c85e8dL));
    assertThat(PhiloxKey.of(42L, ""))
        .isEqualTo(new PhiloxKey(0x14ebaafabb2bb7faL, 0x33f8d98d31c30cacL));
  }
}
