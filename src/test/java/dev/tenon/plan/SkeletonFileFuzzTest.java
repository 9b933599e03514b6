package dev.tenon.plan;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tenon.AnyBytes;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.file.SkeletonFile;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Skeleton files, and what their ties, patterns and layouts make of a checkpoint. */
@Tag("fuzz")
class SkeletonFileFuzzTest {
  private static final Checkpoint CHECKPOINT =
      Checkpoint.open(Path.of("src/test/resources/fuzz/model.safetensors"), null);
  private static final PlanOptions OPTIONS = new PlanOptions(null, true);

  @FuzzTest
  void skeleton(byte[] bytes) throws Exception {
    AnyBytes.inFile("skeleton.json", bytes, SkeletonFileFuzzTest::plan);
  }

  private static void plan(Path file) {
    Skeleton skeleton = SkeletonFile.read(file);
    Planner.plan(CHECKPOINT, skeleton, Config.defaults(), OPTIONS);
    Planner.initialize(skeleton, DType.BF16);
  }
}
