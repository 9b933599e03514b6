package dev.tenon.engine.bytes;

import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.lang.Lists;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Axis;
import dev.tenon.plan.move.Move;
import dev.tenon.plan.move.Moves;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Moves carried out by the native core: in parallel, in file order, put in place and converted on
 * the way, with no byte read that no move wants. For slots on the CPU in memory of their own.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
public final class NativeMoves {
  /** Bytes of a batch: an interrupt waits for one. */
  private static final long BATCH = 128L << 20;

  /** Items of a batch: the room that many small moves take. */
  private static final int ITEMS = 1 << 16;

  private final ShardFiles shards;
  private final LazyCore core;
  private final Trace trace;
  private final NativeUnpacking packed;
  private final Map<Path, List<Placed>> files = new TreeMap<>();

  /** A move, and where its slot's first byte is. */
  private record Placed(Move move, long address, String slot) {}

  public NativeMoves(ShardFiles shards, LazyCore core, Trace trace) {
    this.shards = shards;
    this.core = core;
    this.trace = trace;
    this.packed = new NativeUnpacking(shards, core, trace);
  }

  /**
   * Takes a slot over, if the native core can fill it.
   *
   * @return whether {@link #run} will fill it
   */
  public boolean take(int slot, Step step, Tensor target) {
    List<Move> moves = Moves.of(slot, step);
    for (int i = 0; i < moves.size(); i++) {
      if (!isKnown(moves.get(i))) {
        return false;
      }
    }
    long address = Tensors.address(target);
    for (int i = 0; i < moves.size(); i++) {
      if (moves.get(i).entry() instanceof Unpacked weight) {
        packed.add(weight, moves.get(i), address, step.slot().name());
        continue;
      }
      Path file = moves.get(i).entry().file();
      Lists.add(files, file, new Placed(moves.get(i), address, step.slot().name()));
    }
    return true;
  }

  private static boolean isKnown(Move move) {
    return !move.converts() || MoveBatch.converts(move.entry().dtype(), move.dtype());
  }

  /** Bytes that {@link #run} reads. */
  public long bytes() {
    long bytes = packed.bytes();
    for (List<Placed> moves : files.values()) {
      bytes += bytes(moves);
    }
    return bytes;
  }

  private static long bytes(List<Placed> moves) {
    long bytes = 0;
    for (Placed placed : moves) {
      bytes += placed.move.bytes();
    }
    return bytes;
  }

  /**
   * Fills all slots taken over.
   *
   * @param done is told the bytes of each batch
   * @throws dev.tenon.TenonException if a file cannot be read, or the thread is interrupted
   */
  public void run(LongConsumer done) {
    for (Map.Entry<Path, List<Placed>> file : files.entrySet()) {
      Path path = file.getKey();
      List<Placed> moves = file.getValue();
      moves.sort((one, other) -> Long.compare(one.move.source(), other.move.source()));
      try (Span span = trace.shard(path.getFileName().toString(), bytes(moves))) {
        Batch batch = new Batch(shards.nativeFile(path), done);
        for (Placed placed : moves) {
          for (Move part : placed.move.parts(BATCH)) {
            batch.add(part, placed.address, placed.slot);
          }
        }
        batch.flush();
      }
    }
    packed.run(done);
  }

  /** What one call carries out. */
  private final class Batch {
    private final NativeFile file;
    private final LongConsumer done;
    private final MoveBatch items = new MoveBatch();
    private String slot = "";
    private long bytes;

    Batch(NativeFile file, LongConsumer done) {
      this.file = file;
      this.done = done;
    }

    void add(Move move, long address, String name) {
      if (bytes > 0 && bytes + move.bytes() > BATCH) {
        flush();
      }
      slot = items.size() == 0 ? name : slot;
      List<Axis> axes = move.axes();
      put(move, axes, move.source(), address + move.target());
      bytes += move.bytes();
    }

    /** Axes beyond those an item has are walked here. */
    private void put(Move move, List<Axis> axes, long source, long address) {
      if (axes.size() > MoveBatch.AXES) {
        Axis outer = axes.get(0);
        List<Axis> inner = axes.subList(1, axes.size());
        for (long i = 0; i < outer.count(); i++) {
          put(move, inner, source + i * outer.source(), address + i * outer.target());
        }
        return;
      }
      if (items.size() == ITEMS) {
        flush();
      }
      items.add(source, address, move.entry().dtype(), move.dtype());
      for (int i = 0; i < axes.size(); i++) {
        Axis axis = axes.get(i);
        items.axis(MoveBatch.AXES - axes.size() + i, axis.count(), axis.source(), axis.target());
      }
    }

    void flush() {
      Interruption.check();
      if (items.size() > 0) {
        try (Span span = trace.slots(slot, items.size(), bytes)) {
          file.read(core.get(), items);
        }
        items.clear();
        done.accept(bytes);
        bytes = 0;
      }
    }
  }
}
