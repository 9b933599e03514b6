package dev.tenon.engine.bytes;

import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.Step;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Slots of packed weights that are not in the CPU's memory: unpacked there, one at a time, and
 * copied. The native core alone unpacks; a build without it refuses them.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class PackedSlots {
  private final ShardFiles files;
  private final LazyCore core;
  private final Reader reader;
  private final List<Slot> slots = new ArrayList<>();

  private record Slot(Step step, Tensor target) {}

  public PackedSlots(ShardFiles files, LazyCore core, Reader reader) {
    this.files = files;
    this.core = core;
    this.reader = reader;
  }

  /**
   * Takes a slot over, if it takes packed weights.
   *
   * @return whether {@link #run} will fill it
   * @throws dev.tenon.TenonException if there is no native core
   */
  public boolean take(Step step, Tensor target) {
    if (step.unpacks()) {
      core.require("Packed weights need");
      slots.add(new Slot(step, target));
    }
    return step.unpacks();
  }

  /** Bytes that {@link #run} fills. */
  public long bytes() {
    long bytes = 0;
    for (Slot slot : slots) {
      bytes += slot.step.bytes();
    }
    return bytes;
  }

  /** Fills all slots taken over. */
  public void run(LongConsumer done) {
    for (Slot slot : slots) {
      try (PointerScope scope = new PointerScope()) {
        Tensor host = reader.onCpu(slot.step);
        fill(slot.step, host, files, core);
        slot.target.copy_(host);
      }
      done.accept(slot.step.bytes());
    }
  }

  /**
   * Fills a slot in the CPU's memory.
   *
   * @throws dev.tenon.TenonException if there is no native core, or a file cannot be read
   */
  static void fill(Step step, Tensor target, ShardFiles files, LazyCore core) {
    core.require("Packed weights need");
    NativeMoves moves = new NativeMoves(files, core, Trace.OFF);
    if (!moves.take(0, step, target)) {
      throw new IllegalStateException("Not unpacked: tensor=" + step.slot().name());
    }
    moves.run(bytes -> {});
  }
}
