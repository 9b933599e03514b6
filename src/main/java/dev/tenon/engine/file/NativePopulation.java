package dev.tenon.engine.file;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Source;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.plan.Step;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Brings in every page of what a plan maps, in file order, without libtorch: so it may run while
 * that loads. Parts do not end where tensors do: the disk would idle at the end of each.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
public final class NativePopulation {
  /** Bytes of a part: an interrupt waits for one. */
  private static final long PART = 128L << 20;

  /** Bytes between two tensors that cost less to read than to skip. */
  private static final long GAP = 1 << 20;

  /** Bytes of a read that is to find out what is wrong. */
  private static final int PROBE = 1 << 16;

  private final ShardFiles shards;
  private final LazyCore core;
  private final Trace trace;
  private final List<Run> runs = new ArrayList<>();
  private long readAhead;

  /** Neighbouring tensors of a file. */
  private record Run(Path file, long start, long end, List<Step.Read> reads) {
    long bytes() {
      return end - start;
    }

    /** Tensors of the run that begin before an offset. */
    int before(long offset) {
      int before = 0;
      while (before < reads.size() && entry(reads.get(before)).offset() < offset) {
        before++;
      }
      return before;
    }
  }

  /** Of what is to be mapped, in any order. */
  public NativePopulation(List<Step.Read> mapped, ShardFiles shards, LazyCore core, Trace trace) {
    this.shards = shards;
    this.core = core;
    this.trace = trace;
    List<Step.Read> reads = new ArrayList<>(mapped);
    reads.sort((one, other) -> inOrder(entry(one), entry(other)));
    for (int first = 0, next; first < reads.size(); first = next) {
      TensorEntry entry = entry(reads.get(first));
      long end = end(entry);
      for (next = first + 1; next < reads.size(); next++) {
        TensorEntry other = entry(reads.get(next));
        if (!other.file().equals(entry.file()) || other.offset() > end + GAP) {
          break;
        }
        end = Math.max(end, end(other));
      }
      runs.add(new Run(entry.file(), entry.offset(), end, reads.subList(first, next)));
    }
  }

  /** Of what is mapped, which is never packed. */
  private static TensorEntry entry(Step.Read read) {
    return Objects.requireNonNull(read.plain());
  }

  private static int inOrder(TensorEntry one, TensorEntry other) {
    int byFile = one.file().compareTo(other.file());
    return byFile != 0 ? byFile : Long.compare(one.offset(), other.offset());
  }

  private static long end(TensorEntry entry) {
    return entry.offset() + entry.bytes();
  }

  /** Bytes that {@link #run} brings in. */
  public long bytes() {
    long bytes = 0;
    for (Run run : runs) {
      bytes += run.bytes();
    }
    return bytes;
  }

  /**
   * Brings all pages in.
   *
   * @param done is told the bytes of each part
   * @throws dev.tenon.TenonException if a file changed or cannot be read, or the thread is
   *     interrupted
   */
  public void run(LongConsumer done) {
    for (Run run : runs) {
      try (Span span = trace.shard(run.file.getFileName().toString(), run.bytes())) {
        populate(run, done);
      }
    }
  }

  private void populate(Run run, LongConsumer done) {
    long mapping = shards.address(run.file);
    NativeFile file = shards.nativeFile(run.file);
    for (long start = run.start; start < run.end; start += PART) {
      Interruption.check();
      long bytes = Math.min(PART, run.end - start);
      int first = Math.max(1, run.before(start + 1)) - 1;
      String name = run.reads.get(first).slot().name();
      try (Span span = trace.slots(name, run.before(start + bytes) - first, bytes)) {
        double cached = core.get().cached(file, start, bytes, mapping + start);
        readAhead += Math.round((1 - cached) * bytes);
        populate(run.file, mapping + start, start, bytes);
      }
      done.accept(bytes);
    }
  }

  /** What fails as pages are brought in has no better reason than that: a read tells it. */
  private void populate(Path file, long address, long offset, long bytes) {
    try {
      core.get().populate(address, bytes);
    } catch (TenonException failure) {
      ByteBuffer buffer = ByteBuffer.allocate(PROBE);
      long at = offset;
      try (Source source = Source.open(file)) {
        for (int read = 0; at < offset + bytes && read >= 0; at += Math.max(0, read)) {
          read = source.read(at, buffer.clear());
        }
      } catch (IOException e) {
        throw new TenonException(
            "Cannot read a file: file=%s, offset=%d, reason=%s".formatted(file, at, e.getMessage()),
            failure);
      }
      throw new TenonException(failure.getMessage() + ", file=" + file, failure);
    }
  }

  /** Bytes that {@link #run} had to read, since they were not in memory. */
  public long readAhead() {
    return readAhead;
  }
}
