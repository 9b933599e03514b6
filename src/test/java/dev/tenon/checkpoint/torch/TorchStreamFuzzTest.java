package dev.tenon.checkpoint.torch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.checkpoint.Streams;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class TorchStreamFuzzTest {
  /** What follows the three pickles that every file of the format begins with. */
  @FuzzTest
  void stream(byte[] rest) throws Exception {
    AnyBytes.inFile("pytorch_model.bin", Streams.of(rest), TorchFileFuzzTest::read);
  }
}
