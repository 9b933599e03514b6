package dev.tenon.skeleton.atlas;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.registry.Families;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class AtlasFuzzTest {
  /** A document of a hundred bytes may ask for a million modules, and no more. */
  private static final long ALLOWED = 1L << 30;

  private static final Config CONFIG = Config.parse("config.json", "{\"n\": 3, \"m\": [1, 2]}");

  @FuzzTest
  void document(byte[] bytes) throws Exception {
    AnyBytes.inFile(
        "atlas.json",
        bytes,
        ALLOWED,
        file -> {
          Family family = Families.document(file);
          for (Architecture architecture : family.architectures()) {
            Families.skeleton(family, architecture.className(), CONFIG);
          }
        });
  }
}
