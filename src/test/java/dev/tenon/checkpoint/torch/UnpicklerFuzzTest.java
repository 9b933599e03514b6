package dev.tenon.checkpoint.torch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.torch.PickleValue.Storage;
import dev.tenon.tensor.DType;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class UnpicklerFuzzTest {
  private static final Storage STORAGE = new Storage(DType.F32, "0", 1000, 64);

  @FuzzTest
  void pickle(byte[] bytes) throws Exception {
    AnyBytes.given(bytes, UnpicklerFuzzTest::read);
  }

  private static void read(byte[] bytes) throws Exception {
    PickleInput in = new PickleInput(new ByteArrayInputStream(bytes), bytes.length);
    try {
      Unpickler.read(in, id -> STORAGE);
    } catch (PickleFault e) {
      throw new TenonException(Errors.quote(e.getMessage()));
    }
  }
}
