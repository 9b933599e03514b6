package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.BlockAllocation;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.RandomSteps;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Moves;
import dev.tenon.plan.move.SlowMoves;
import dev.tenon.plan.place.Device;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slots filled by way of buffers, into memory of the CPU that stands for a device's. */
class StagedMovesTest {
  private static final int BYTES = 64 << 10;

  @TempDir Path folder;

  private final Tensors tensors = new Tensors(Device.CPU);
  private LazyCore core;
  private ShardFiles files;

  @BeforeEach
  void open() {
    org.junit.jupiter.api.Assumptions.assumeTrue(NativeCore.available());
    core = LazyCore.of(2);
    files = new ShardFiles(List.of(), true);
  }

  @AfterEach
  void close() {
    tensors.close();
    if (files != null) {
      files.close();
      core.close();
    }
  }

  /**
   * Two buffers whose copies are done at once, and which are overwritten as soon as they may be.
   */
  private final class TwoBuffers implements Staging {
    private final Tensor[] buffers;
    private int turn;

    TwoBuffers(int size) {
      Shape bytes = Shape.of(size);
      buffers = new Tensor[] {tensors.empty(bytes, DType.U8), tensors.empty(bytes, DType.U8)};
    }

    @Override
    public long size() {
      return buffers[0].numel();
    }

    @Override
    public Tensor next() {
      turn++;
      return buffers[turn % 2].fill_(new org.bytedeco.pytorch.Scalar(0xee));
    }

    @Override
    public void copy(Tensor from, Tensor to) {
      to.copy_(from);
    }

    @Override
    public void close() {}
  }

  private StagedMoves staged(int size) {
    return new StagedMoves(files, core, Trace.OFF, tensors, () -> new TwoBuffers(size));
  }

  private Path file(int bytes, Random random) throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    for (int i = 0; i < bytes; i++) {
      content[i] &= (byte) 0xbf; // Of no type a NaN, whose bits may vary, wherever it begins.
    }
    return Files.write(folder.resolve("weights"), content);
  }

  private Tensor[] allocate(List<Step> steps, int block) {
    Tensor[] slots = new Tensor[steps.size()];
    BlockAllocation allocation = new BlockAllocation(tensors, slots, block, StagedMoves.ALIGNMENT);
    for (int slot : Moves.inFileOrder(steps)) {
      allocation.add(slot, steps.get(slot).slot().shape(), steps.get(slot).dtype());
    }
    allocation.finish();
    return slots;
  }

  @Test
  void slotsOfAllKindsArriveThroughBuffersOfAnySize() throws IOException {
    Random random = new Random(7);
    RandomSteps random64k = new RandomSteps(file(BYTES, random), BYTES, random);
    DType[] dtypes = {DType.BF16, DType.F32, DType.F16, DType.F64};
    for (int turn = 0; turn < 40; turn++) {
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        DType from = dtypes[random.nextInt(4)];
        DType to = random.nextBoolean() ? from : dtypes[random.nextInt(4)];
        steps.add(i % 3 == 0 ? random64k.read(from, to) : random64k.assemble(from, to));
      }
      int size = 512 << random.nextInt(5);
      Tensor[] slots = allocate(steps, 512 << random.nextInt(5));
      StagedMoves staged = staged(size);
      for (int i = 0; i < slots.length; i++) {
        assertThat(staged.take(i, steps.get(i), slots[i])).isTrue();
      }
      long[] done = {0};
      staged.run(bytes -> done[0] += bytes);
      assertThat(done[0]).isEqualTo(staged.bytes());
      for (int i = 0; i < slots.length; i++) {
        byte[] expected = new byte[(int) steps.get(i).bytes()];
        SlowMoves.carryOut(Moves.of(i, steps.get(i)), expected);
        assertThat(SlotBytes.of(slots[i])).as("%s", steps.get(i)).isEqualTo(expected);
        slots[i].deallocate();
      }
    }
  }

  /** Neighbours in the file are neighbours on the device, whatever the order of the model. */
  @Test
  void aBufferOfNeighboursIsOneCopy() throws IOException {
    Random random = new Random(8);
    Path file = file(40 * 1000, random);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      long offset = 1000L * ((i * 7) % 40);
      DType dtype = i % 2 == 0 ? DType.F32 : DType.BF16;
      Shape shape = Shape.of(dtype == DType.F32 ? 250 : 500);
      TensorEntry entry = new TensorEntry("t" + i, dtype, shape, file, offset, null);
      Slot slot = new Slot("t" + i, shape, dtype, Slot.Role.PARAMETER, true, true);
      steps.add(new Step.Read(slot, dtype, entry));
    }
    int tenOfThem = 10 * 1024;
    Tensor[] slots = allocate(steps, tenOfThem);
    StagedMoves staged = staged(tenOfThem);
    for (int i = 0; i < slots.length; i++) {
      staged.take(i, steps.get(i), slots[i]);
    }
    staged.run(bytes -> {});
    assertThat(staged.copies()).isEqualTo(4);
    for (int i = 0; i < slots.length; i++) {
      byte[] expected = new byte[1000];
      SlowMoves.carryOut(Moves.of(i, steps.get(i)), expected);
      assertThat(SlotBytes.of(slots[i])).isEqualTo(expected);
      slots[i].deallocate();
    }
  }

  /** What the core does not convert is left for libtorch. */
  @Test
  void otherConversionsAreNotTaken() throws IOException {
    Path file = file(64, new Random(9));
    Shape shape = Shape.of(4);
    TensorEntry entry = new TensorEntry("t", DType.I64, shape, file, 0, null);
    Slot slot = new Slot("t", shape, DType.F32, Slot.Role.PARAMETER, true, true);
    try (Tensor target = tensors.empty(shape, DType.F32)) {
      assertThat(staged(512).take(0, new Step.Read(slot, DType.F32, entry), target)).isFalse();
    }
  }
}
