package dev.tenon.checkpoint.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class ShardIndexFuzzTest {
  @FuzzTest
  void index(byte[] bytes) throws Exception {
    AnyBytes.inFile("model.safetensors.index.json", bytes, ShardIndexFuzzTest::read);
  }

  /** No shard's name may lead out of the index's directory. */
  private static void read(Path file) {
    for (Path shard : ShardIndex.read(file).shards()) {
      assertThat(shard.normalize().getParent()).isEqualTo(file.getParent());
    }
  }
}
