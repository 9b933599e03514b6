package dev.tenon.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class SafetensorsFuzzTest {
  @FuzzTest
  void header(byte[] bytes) throws Exception {
    AnyBytes.inFile("model.safetensors", bytes, file -> Verification.of(file));
  }
}
