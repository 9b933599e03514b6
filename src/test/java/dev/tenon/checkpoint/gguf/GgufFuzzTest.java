package dev.tenon.checkpoint.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.gguf.GgufModel;
import dev.tenon.quantised.gguf.GgufWeights;
import org.junit.jupiter.api.Tag;

/** Headers of GGUF files, and what is made of them: a config, and weights under other names. */
@Tag("fuzz")
class GgufFuzzTest {
  @FuzzTest
  void model(byte[] bytes) throws Exception {
    AnyBytes.inFile(
        "model.gguf",
        bytes,
        file -> {
          Checkpoint checkpoint = Checkpoint.open(file, null);
          GgufModel model = GgufModel.of(checkpoint);
          GgufWeights.of(checkpoint, model);
          model.config();
        });
  }
}
