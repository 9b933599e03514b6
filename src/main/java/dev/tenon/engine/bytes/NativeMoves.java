package dev.tenon.engine.bytes;

import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.lang.Lists;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.plan.Step;
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

  /** What an error says where there is no native core. */
  public static final String PACKED = "Packed weights need";

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
    if (!knows(moves)) {
      return false;
    }
    long address = Tensors.address(target);
    for (int i = 0; i < moves.size(); i++) {
      add(moves.get(i), address, step.slot().name());
    }
    return true;
  }

  /**
   * Fills a slot of packed weights.
   *
   * @param target memory of its own on the CPU
   * @throws dev.tenon.TenonException if there is no native core, or a file cannot be read
   */
  static void fill(Step step, Tensor target, ShardFiles files, LazyCore core) {
    core.require(PACKED);
    NativeMoves moves = new NativeMoves(files, core, Trace.OFF);
    if (!moves.take(0, step, target)) {
      throw new IllegalStateException("Not unpacked: tensor=" + step.slot().name());
    }
    moves.run(bytes -> {});
  }

  /** Whether the native core can carry all of them out. */
  static boolean knows(List<Move> moves) {
    for (int i = 0; i < moves.size(); i++) {
      Move move = moves.get(i);
      if (move.converts() && !MoveBatch.converts(move.entry().dtype(), move.dtype())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes a move over that the native core {@link #knows}.
   *
   * @param address of its slot's first byte
   * @param slot that one's name
   */
  void add(Move move, long address, String slot) {
    if (move.entry() instanceof Unpacked weight) {
      packed.add(weight, move, address, slot);
    } else {
      Lists.add(files, move.entry().file(), new Placed(move, address, slot));
    }
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
        if (shards.isNative(path)) {
          read(path, moves, done);
        } else {
          fetch(moves, done);
        }
      }
    }
    packed.run(done);
  }

  private void read(Path path, List<Placed> moves, LongConsumer done) {
    Batch batch = new Batch(shards.nativeFile(path), done);
    for (Placed placed : moves) {
      for (Move part : placed.move.parts(BATCH)) {
        batch.add(part, placed.address, placed.slot);
      }
    }
    batch.flush();
  }

  private void fetch(List<Placed> moves, LongConsumer done) {
    try (FetchedMoves fetched = new FetchedMoves(shards, core)) {
      for (Placed placed : moves) {
        Interruption.check();
        fetched.run(placed.move, placed.address);
        done.accept(placed.move.bytes());
      }
    }
  }

  /** What one call carries out. */
  private final class Batch {
    private final NativeFile file;
    private final LongConsumer done;
    private final MoveItems items = new MoveItems(this::carryOut);
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
      items.add(move, move.source(), address + move.target());
      bytes += move.bytes();
    }

    void flush() {
      Interruption.check();
      items.flush();
      done.accept(bytes);
      bytes = 0;
    }

    private void carryOut(MoveBatch batch) {
      try (Span span = trace.slots(slot, batch.size(), bytes)) {
        file.read(core.get(), batch);
      }
    }
  }
}
