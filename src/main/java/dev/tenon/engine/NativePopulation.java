package dev.tenon.engine;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.plan.Step;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Brings in every page of mapped tensors, in file order. What is not in memory yet is read ahead in
 * large parallel reads first: letting each page fault for itself is half as fast as the disk.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
final class NativePopulation {
  /** Bytes of a step: an interrupt waits for one. */
  private static final long PART = 128L << 20;

  /** Bytes between two tensors that cost less to read than to skip. */
  private static final long GAP = 1 << 20;

  private final ShardFiles shards;
  private final LazyCore core;
  private final Trace trace;
  private final List<Mapped> all = new ArrayList<>();
  private long readAhead;

  private record Mapped(String slot, TensorEntry entry, Tensor tensor) {
    long address() {
      return tensor.data_ptr().address();
    }

    long start() {
      return entry.offset();
    }

    long end() {
      return entry.offset() + entry.bytes();
    }
  }

  NativePopulation(ShardFiles shards, LazyCore core, Trace trace) {
    this.shards = shards;
    this.core = core;
    this.trace = trace;
  }

  /** Takes a slot over whose tensor is mapped. */
  void add(Step.Read read, Tensor mapped) {
    all.add(new Mapped(read.slot().name(), read.entry(), mapped));
  }

  /** Bytes that {@link #run} brings in. */
  long bytes() {
    return bytes(all);
  }

  private static long bytes(List<Mapped> some) {
    return some.stream().mapToLong(mapped -> mapped.entry.bytes()).sum();
  }

  /**
   * Brings all pages in.
   *
   * @param done is told the bytes of each step
   * @throws dev.tenon.TenonException if a file cannot be read, or the thread is interrupted
   */
  void run(LongConsumer done) {
    all.sort(
        Comparator.comparing((Mapped mapped) -> mapped.entry.file())
            .thenComparingLong(mapped -> mapped.entry.offset()));
    for (int first = 0; first < all.size(); ) {
      int next = first + 1;
      while (next < all.size() && all.get(next).entry.file().equals(all.get(first).entry.file())) {
        next++;
      }
      Path path = all.get(first).entry.file();
      List<Mapped> inFile = all.subList(first, next);
      try (Span span = trace.shard(path.getFileName().toString(), bytes(inFile))) {
        populate(shards.nativeFile(path), inFile, done);
      }
      first = next;
    }
  }

  private void populate(NativeFile file, List<Mapped> inFile, LongConsumer done) {
    NativeCore pages = core.get();
    Mapped any = inFile.get(0);
    ReadAhead ahead = new ReadAhead(pages, file, any.address() - any.start());
    int last = -1; // of the neighbours the slot at hand is one of
    for (int i = 0; i < inFile.size(); i++) {
      while (last < i
          || last + 1 < inFile.size()
              && inFile.get(last + 1).start() - inFile.get(last).end() <= GAP) {
        last++;
      }
      populate(inFile.get(i), ahead, inFile.get(last).end(), done);
    }
    readAhead += ahead.bytes();
  }

  private void populate(Mapped mapped, ReadAhead ahead, long neighbours, LongConsumer done) {
    long address = mapped.address();
    long size = mapped.entry.bytes();
    try (Span span = trace.slot(mapped.slot, size)) {
      for (long first = 0; first < size; first += PART) {
        Workers.requireNotInterrupted();
        long bytes = Math.min(PART, size - first);
        long start = mapped.start() + first;
        ahead.require(start, start + bytes, neighbours);
        core.get().populate(address + first, bytes);
        done.accept(bytes);
      }
    }
  }

  /** Bytes that {@link #run} had to read, since they were not in memory. */
  long readAhead() {
    return readAhead;
  }
}
