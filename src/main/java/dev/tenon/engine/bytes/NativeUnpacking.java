package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.PackedValues;
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
    String facts = "file=" + weight.file() + ", tensor=" + weight.name() + ", ";
    MoveItems items = new MoveItems(batch -> core.get().unpack(values, batch, facts));
    Codes codes = weight.formula().codes();
    boolean whole = !codes.layout().byRows();
    if (whole) {
      values.codes(read(codes, 0, codes.rows(), room));
    }
    for (Target target : weights.get(weight)) {
      for (Move part : target.move.parts(BATCH)) {
        Interruption.check();
        if (!whole) {
          long first = codes.layout().firstRow(part.source() / 4 / codes.columns());
          long last = (part.source() + part.span() - 1) / 4 / codes.columns();
          long end = codes.layout().endRow(last + 1);
          values.codes(read(codes, first, end, room));
        }
        items.add(part, part.source(), target.address + part.target());
        items.flush();
      }
    }
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
    shards.read(entry.file(), core.get(), entry.offset() + from, to, bytes);
    return to - from;
  }
}
