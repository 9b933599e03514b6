package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.PackedValues;
import dev.tenon.plan.move.Axis;
import dev.tenon.plan.move.Move;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Moves of packed weights, which the native core unpacks on the way: a weight's scales and zeros
 * are brought into memory, then its codes, a part at a time, of which no row is read that no move
 * wants; each value is made in cache and written once.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
final class NativeUnpacking {
  /** Bytes of float32 a call makes: an interrupt waits for them. */
  private static final long BATCH = 128L << 20;

  private final ShardFiles shards;
  private final LazyCore core;
  private final Trace trace;
  private final Map<Unpacked, List<Target>> weights = new IdentityHashMap<>();

  /** A move, and where its slot's first byte is. */
  private record Target(Move move, long address, String slot) {}

  NativeUnpacking(ShardFiles shards, LazyCore core, Trace trace) {
    this.shards = shards;
    this.core = core;
    this.trace = trace;
  }

  void add(Unpacked weight, Move move, long address, String slot) {
    weights.computeIfAbsent(weight, any -> new ArrayList<>()).add(new Target(move, address, slot));
  }

  /** Bytes that {@link #run} reads. */
  long bytes() {
    long bytes = 0;
    for (Unpacked weight : weights.keySet()) {
      bytes += weight.packedBytes();
    }
    return bytes;
  }

  /**
   * Unpacks all weights.
   *
   * @param done is told the bytes of each
   * @throws dev.tenon.TenonException if a file cannot be read, numbers are none a weight can have,
   *     or the thread is interrupted
   */
  void run(LongConsumer done) {
    List<Unpacked> ordered = new ArrayList<>(weights.keySet());
    ordered.sort(
        (one, other) -> {
          TensorEntry first = one.formula().codes().entry();
          TensorEntry second = other.formula().codes().entry();
          int byFile = first.file().compareTo(second.file());
          return byFile != 0 ? byFile : Long.compare(first.offset(), second.offset());
        });
    try (FormulaNumbers numbers = new FormulaNumbers(shards, core);
        NativeRoom room = new NativeRoom(core)) {
      for (Unpacked weight : ordered) {
        try (Span span = trace.slots(weight.name(), 1, weight.packedBytes())) {
          unpack(weight, numbers, room);
        }
        done.accept(weight.packedBytes());
      }
    }
  }

  private void unpack(Unpacked weight, FormulaNumbers numbers, NativeRoom room) {
    PackedValues values = numbers.of(weight.formula(), weight.name());
    Codes codes = weight.formula().codes();
    boolean whole = !codes.layout().byRows();
    if (whole) {
      values.codes(read(codes, 0, codes.rows(), room));
    }
    for (Target target : weights.get(weight)) {
      for (Move part : target.move.parts(BATCH)) {
        Interruption.check();
        if (!whole) {
          long first = part.source() / 4 / codes.columns();
          long end = last(part) / 4 / codes.columns() + 1;
          values.codes(read(codes, first, end, room));
        }
        MoveBatch batch = new MoveBatch();
        put(batch, part, part.axes(), part.source(), target.address + part.target());
        core.get()
            .unpack(values, batch, "file=" + weight.file() + ", tensor=" + weight.name() + ", ");
      }
    }
  }

  private static long last(Move move) {
    long last = move.source();
    for (Axis axis : move.axes()) {
      last += (axis.count() - 1) * axis.source();
    }
    return last;
  }

  /**
   * Reads rows of codes.
   *
   * @return where the first of all rows would be
   */
  private long read(Codes codes, long first, long end, NativeRoom room) {
    TensorEntry entry = codes.entry();
    long pitch = codes.layout().byRows() ? codes.layout().pitch() : 0;
    long from = first * pitch;
    long bytes = codes.layout().bytes(end - first, codes.columns());
    room.reset(NativeRoom.rounded(bytes));
    long to = room.take(bytes);
    MoveBatch batch = new MoveBatch().add(entry.offset() + from, to, bytes);
    shards.nativeFile(entry.file()).read(core.get(), batch);
    return to - from;
  }

  /** Axes beyond those an item has are walked here. */
  private static void put(MoveBatch batch, Move move, List<Axis> axes, long source, long address) {
    if (axes.size() > MoveBatch.AXES) {
      Axis outer = axes.get(0);
      for (long i = 0; i < outer.count(); i++) {
        List<Axis> inner = axes.subList(1, axes.size());
        put(batch, move, inner, source + i * outer.source(), address + i * outer.target());
      }
      return;
    }
    batch.add(source, address, move.entry().dtype(), move.dtype());
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      batch.axis(MoveBatch.AXES - axes.size() + i, axis.count(), axis.source(), axis.target());
    }
  }
}
