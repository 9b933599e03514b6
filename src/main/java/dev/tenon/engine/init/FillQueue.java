package dev.tenon.engine.init;

import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.Distribution;
import dev.tenon.nativecore.FillBatch;
import dev.tenon.tensor.DType;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.util.function.LongConsumer;

/** Collects runs of values to draw and has the native core fill many at once. */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
final class FillQueue {
  /** Elements of a batch: an interrupt waits for one. */
  private static final long BATCH = 1L << 27;

  private final LazyCore core;
  private final FillBatch batch;
  private final Trace trace;
  private final LongConsumer written;
  private String name = "";
  private long elements;
  private long bytes;

  /**
   * An empty queue.
   *
   * @param seed of all values
   * @param trace told how long each batch took
   * @param written is told the bytes of each batch
   */
  FillQueue(LazyCore core, long seed, Trace trace, LongConsumer written) {
    this.core = core;
    this.batch = new FillBatch(seed);
    this.trace = trace;
    this.written = written;
  }

  /**
   * A tensor values are drawn for.
   *
   * @param name what they follow from
   * @param dtype one the core draws
   * @param address of its first element
   */
  record Named(String name, DType dtype, long address) {}

  /**
   * Adds a run of a tensor's elements. Runs of a batch are written in no order.
   *
   * @param start row-major index of the first
   * @param length how many
   */
  void add(Named tensor, long start, long length, Distribution distribution) {
    DType dtype = tensor.dtype;
    for (long first = start; first < start + length; first += BATCH) {
      long part = Math.min(BATCH, start + length - first);
      name = batch.size() == 0 ? tensor.name : name;
      batch.add(tensor.name, tensor.address + dtype.bytes(first), first, part, dtype, distribution);
      elements += part;
      bytes += dtype.bytes(part);
      if (elements >= BATCH) {
        flush();
      }
    }
  }

  /** Has everything added until now written. */
  void flush() {
    Interruption.check();
    if (batch.size() == 0) {
      return; // The core's threads are not worth starting for nothing.
    }
    try (Span span = trace.slots(name, batch.size(), bytes)) {
      core.get().fill(batch);
    }
    batch.clear();
    written.accept(bytes);
    elements = 0;
    bytes = 0;
  }
}
