package dev.tenon.engine;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.plan.Step;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Bytes read by the native core: in parallel, in file order, converted between floating-point types
 * on the way. For slots on the CPU that are in memory of their own.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
final class NativeReads {
  /** Bytes of a batch: an interrupt waits for one. */
  private static final long BATCH = 128L << 20;

  private final ShardFiles shards;
  private final LazyCore core;
  private final Trace trace;
  private final Map<Path, List<Move>> files = new TreeMap<>();

  private record Move(TensorEntry entry, long address, Step.Read step) {}

  /** A piece of a move that fits a batch. */
  private record Part(Move move, long first, long elements) {
    long bytes() {
      return move.entry.dtype().bytes(elements);
    }
  }

  NativeReads(ShardFiles shards, LazyCore core, Trace trace) {
    this.shards = shards;
    this.core = core;
    this.trace = trace;
  }

  /**
   * Takes a slot over, if this is a way to fill it.
   *
   * @return whether {@link #run} will fill it
   */
  boolean take(Step step, Tensor target) {
    if (step instanceof Step.Read read && readable(read)) {
      long address = Tensors.address(target);
      files
          .computeIfAbsent(read.entry().file(), file -> new ArrayList<>())
          .add(new Move(read.entry(), address, read));
      return true;
    }
    return false;
  }

  private static boolean readable(Step.Read read) {
    TensorEntry entry = read.entry();
    return entry.contiguous()
        && entry.bytes() > 0
        && entry.dtype().isByteAddressable()
        && (entry.dtype() == read.dtype() || MoveBatch.converts(entry.dtype(), read.dtype()));
  }

  /** Bytes that {@link #run} reads. */
  long bytes() {
    long bytes = 0;
    for (List<Move> moves : files.values()) {
      bytes += bytes(moves);
    }
    return bytes;
  }

  private static long bytes(List<Move> moves) {
    long bytes = 0;
    for (Move move : moves) {
      bytes += move.entry.bytes();
    }
    return bytes;
  }

  /**
   * Fills all slots taken over.
   *
   * @param done is told the bytes of each batch
   * @throws dev.tenon.TenonException if a file cannot be read, or the thread is interrupted
   */
  void run(LongConsumer done) {
    for (Map.Entry<Path, List<Move>> file : files.entrySet()) {
      Path path = file.getKey();
      List<Move> moves = file.getValue();
      moves.sort(Comparator.comparingLong(move -> move.entry.offset()));
      try (Span span = trace.shard(path.getFileName().toString(), bytes(moves))) {
        read(shards.nativeFile(path), moves, done);
      }
    }
  }

  private void read(NativeFile file, List<Move> moves, LongConsumer done) {
    MoveBatch batch = new MoveBatch();
    String slot = "";
    long filled = 0;
    for (Move move : moves) {
      long elements = move.entry.shape().elements();
      long most = BATCH / (move.entry.dtype().bits() / 8);
      for (long first = 0; first < elements; first += most) {
        Part part = new Part(move, first, Math.min(most, elements - first));
        if (filled > 0 && filled + part.bytes() > BATCH) {
          flush(file, batch, slot, filled, done);
          filled = 0;
        }
        slot = filled == 0 ? move.step.slot().name() : slot;
        add(batch, part);
        filled += part.bytes();
      }
    }
    flush(file, batch, slot, filled, done);
  }

  private static void add(MoveBatch batch, Part part) {
    Move move = part.move;
    batch.add(
        move.entry.offset() + move.entry.dtype().bytes(part.first),
        move.address + move.step.dtype().bytes(part.first),
        part.elements,
        move.entry.dtype(),
        move.step.dtype());
  }

  private void flush(NativeFile file, MoveBatch batch, String slot, long bytes, LongConsumer done) {
    Workers.requireNotInterrupted();
    try (Span span = trace.slots(slot, batch.size(), bytes)) {
      file.read(core.get(), batch);
    }
    batch.clear();
    done.accept(bytes);
  }
}
