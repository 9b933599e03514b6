package dev.tenon.engine.bytes;

import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Move;
import dev.tenon.plan.move.Moves;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Slots on a device: what moves to them is carried out into buffers on the CPU, as it would be into
 * slots there, unpacked, converted and put in order, and each buffer is copied as a whole. Slots
 * that lie side by side on the device lie so in a buffer, and take one copy.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class StagedMoves {
  /** Bytes that are best allocated together. */
  public static final long BLOCK = PinnedRing.BUFFER;

  /** Bytes of which the first address of a slot is best a multiple. */
  public static final int ALIGNMENT = Staging.ALIGNMENT;

  private final ShardFiles files;
  private final LazyCore core;
  private final Trace trace;
  private final Tensors onDevice;
  private final Supplier<Staging> staging;
  private final List<StagedSlot> slots = new ArrayList<>();
  private int copies;

  /**
   * Nothing to do yet.
   *
   * @param onDevice makes tensors on the device
   * @param staging opened by {@link #run}
   */
  StagedMoves(
      ShardFiles files, LazyCore core, Trace trace, Tensors onDevice, Supplier<Staging> staging) {
    this.files = files;
    this.core = core;
    this.trace = trace;
    this.onDevice = onDevice;
    this.staging = staging;
  }

  /** Of slots on a GPU. */
  public static StagedMoves toGpu(
      ShardFiles files, LazyCore core, Trace trace, Tensors onDevice, Device device) {
    Supplier<Staging> pinned = () -> new PinnedRing(device);
    return new StagedMoves(files, core, trace, onDevice, pinned);
  }

  /**
   * Takes a slot over, if the native core can make its bytes.
   *
   * @return whether {@link #run} will fill it
   */
  public boolean take(int slot, Step step, Tensor target) {
    List<Move> moves = Moves.of(slot, step);
    if (moves.isEmpty() || !NativeMoves.knows(moves)) {
      return false;
    }
    String name = step.slot().name();
    return slots.add(new StagedSlot(name, moves, target, Tensors.address(target), target.nbytes()));
  }

  /** Bytes that {@link #run} fills. */
  public long bytes() {
    long bytes = 0;
    for (StagedSlot slot : slots) {
      bytes += slot.bytes();
    }
    return bytes;
  }

  /** Copies that {@link #run} has made. */
  int copies() {
    return copies;
  }

  /**
   * Fills all slots taken over; they are written when it returns.
   *
   * @param done is told the bytes of each buffer
   * @throws dev.tenon.TenonException if a file cannot be read, or the thread is interrupted
   */
  public void run(LongConsumer done) {
    if (slots.isEmpty()) {
      return;
    }
    slots.sort(Comparator.comparing(slot -> slot.moves().get(0), Moves.IN_FILE_ORDER));
    try (PointerScope scope = new PointerScope();
        Staging buffers = staging.get()) {
      StagedParts parts = new StagedParts(buffers.size());
      for (StagedSlot slot : slots) {
        for (long first = 0; first < slot.bytes(); ) {
          first = parts.add(slot, first);
          if (first < slot.bytes()) {
            done.accept(send(parts, buffers));
          }
        }
      }
      done.accept(send(parts, buffers));
    } catch (RuntimeException e) {
      throw TorchErrors.isOne(e)
          ? TorchErrors.of("Copying to the device failed", "device=" + onDevice.device(), e)
          : e;
    }
  }

  /** Fills a buffer, and begins to copy it. */
  private long send(StagedParts parts, Staging buffers) {
    Interruption.check();
    Tensor buffer = buffers.next();
    NativeMoves moves = new NativeMoves(files, core, trace);
    parts.moveTo(Tensors.address(buffer), moves);
    moves.run(bytes -> {});
    for (StagedParts.Run run : parts.runs()) {
      try (PointerScope scope = new PointerScope()) {
        buffers.copy(buffer.narrow(0, run.at(), run.bytes()), onDevice(run));
        copies++;
      }
    }
    long bytes = parts.bytes();
    parts.clear();
    return bytes;
  }

  /** The memory that slots side by side are in, as bytes. */
  private Tensor onDevice(StagedParts.Run run) {
    Tensor bytes = onDevice.empty(Shape.of(0), DType.U8);
    Tensor target = run.slot().target();
    long offset = target.storage_offset() * target.element_size() + run.first();
    bytes.set_(target.storage(), offset, new long[] {run.bytes()}, new long[] {1});
    return bytes;
  }
}
