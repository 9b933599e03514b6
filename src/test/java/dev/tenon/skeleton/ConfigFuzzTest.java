package dev.tenon.skeleton;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class ConfigFuzzTest {
  /** A config of a hundred bytes may ask for a million modules, and no more. */
  private static final long ALLOWED = 1L << 30;

  @FuzzTest
  void config(byte[] bytes) throws Exception {
    AnyBytes.inFile(
        "config.json", bytes, ALLOWED, file -> Families.skeleton(null, Config.read(file)));
  }
}
