package dev.tenon.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Strides;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class TorchFileFuzzTest {
  @FuzzTest
  void archive(byte[] bytes) throws Exception {
    AnyBytes.inFile("pytorch_model.bin", bytes, TorchFileFuzzTest::read);
  }

  /** No tensor's bytes may lie outside the file. */
  static void read(Path path) {
    Shard shard = TorchFile.read(path);
    for (TensorEntry entry : shard.entries()) {
      Shape strides = entry.strides();
      long elements =
          strides == null ? entry.shape().elements() : Strides.extent(entry.shape(), strides);
      assertThat(entry.offset() + entry.dtype().bytes(elements)).isBetween(0L, shard.size());
    }
  }
}
