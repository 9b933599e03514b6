package dev.tenon.engine;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Brings in every page of mapped tensors, in file order. What is not in memory yet is read ahead in
 * large parallel reads first: letting each page fault for itself is half as fast as the disk.
 */
final class NativePopulation {
  /** Bytes of a step: an interrupt waits for one. */
  private static final long PART = 128L << 20;

  /** The share of pages in memory above which faults cost less than reading ahead. */
  private static final double CACHED = 0.95;

  private final LazyCore core;
  private final List<Mapped> all = new ArrayList<>();

  private record Mapped(TensorEntry entry, Tensor tensor) {}

  NativePopulation(LazyCore core) {
    this.core = core;
  }

  /** Takes a tensor over that is mapped from an entry. */
  void add(TensorEntry entry, Tensor mapped) {
    all.add(new Mapped(entry, mapped));
  }

  /** Bytes that {@link #run} brings in. */
  long bytes() {
    return all.stream().mapToLong(mapped -> mapped.entry.bytes()).sum();
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
      try (NativeFile file = NativeFile.open(all.get(first).entry.file())) {
        for (Mapped mapped : all.subList(first, next)) {
          populate(file, mapped, done);
        }
      }
      first = next;
    }
  }

  private void populate(NativeFile file, Mapped mapped, LongConsumer done) {
    NativeCore pages = core.get();
    long address = mapped.tensor.data_ptr().address();
    long size = mapped.entry.bytes();
    for (long start = 0; start < size; start += PART) {
      Workers.requireNotInterrupted();
      long bytes = Math.min(PART, size - start);
      if (pages.residency(address + start, bytes) < CACHED) {
        pages.warm(file, mapped.entry.offset() + start, bytes);
      }
      pages.populate(address + start, bytes);
      done.accept(bytes);
    }
  }
}
