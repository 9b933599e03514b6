package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.RandomSteps;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Moves;
import dev.tenon.plan.move.SlowMoves;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the native core makes of moves is what plain Java makes of them. */
class NativeMovesTest {
  private static final int BYTES = 64 << 10;

  @TempDir Path folder;

  private Path file(Random random) throws IOException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    for (int i = 0; i < BYTES; i++) {
      bytes[i] &= (byte) 0xbf; // Of no type a NaN, whose bits may vary, wherever it begins.
    }
    return Files.write(folder.resolve("weights"), bytes);
  }

  @Test
  void anyRearrangementAndConversionEqualsTheSlowOne() throws IOException {
    Random random = new Random(4);
    equalTheSlowOnes(file(random), random);
  }

  /** An entry of an archive stands for whatever is no file of the system. */
  @Test
  void soDoesOneOfWhatIsNoFileOfTheSystem() throws IOException {
    Random random = new Random(6);
    Path archive = folder.resolve("archive.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      equalTheSlowOnes(Files.copy(file(random), zip.getPath("weights")), random);
    }
  }

  private static void equalTheSlowOnes(Path file, Random random) {
    Assumptions.assumeTrue(NativeCore.available());
    RandomSteps steps = new RandomSteps(file, BYTES, random);
    DType[] dtypes = {DType.BF16, DType.F32, DType.F16, DType.F64};
    try (ShardFiles files = new ShardFiles(List.of(), true);
        LazyCore core = LazyCore.of(2);
        Tensors tensors = new Tensors(Device.CPU)) {
      for (int i = 0; i < 300; i++) {
        DType from = dtypes[random.nextInt(4)];
        DType to = random.nextBoolean() ? from : dtypes[random.nextInt(4)];
        Step step = i % 3 == 0 ? steps.read(from, to) : steps.assemble(from, to);
        byte[] expected = new byte[(int) step.bytes()];
        SlowMoves.carryOut(Moves.of(0, step), expected);
        try (Tensor slot = tensors.empty(step.slot().shape(), to)) {
          NativeMoves moves = new NativeMoves(files, core, Trace.OFF);
          assertThat(moves.take(0, step, slot)).isTrue();
          long[] done = {0};
          moves.run(bytes -> done[0] += bytes);
          assertThat(done[0]).isEqualTo(moves.bytes());
          assertThat(SlotBytes.of(slot)).as("%s to %s: %s", from, to, step).isEqualTo(expected);
        }
      }
    }
  }
}
