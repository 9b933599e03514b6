package dev.tenon.engine;

import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;

/**
 * Brings parts of a mapped file that are not in memory into the page cache, in file order and in
 * parallel. Parts do not end where tensors do: the disk would idle at the end of each.
 */
final class ReadAhead {
  /** Bytes of a part: an interrupt waits for one. */
  private static final long PART = 128L << 20;

  /** The share of pages in memory above which faults cost less than reading ahead. */
  private static final double CACHED = 0.95;

  private final NativeCore core;
  private final NativeFile file;
  private final long mapping;
  private long done;
  private long bytes;

  /**
   * Nothing read yet.
   *
   * @param mapping address the file's first byte is mapped at
   */
  ReadAhead(NativeCore core, NativeFile file, long mapping) {
    this.core = core;
    this.file = file;
    this.mapping = mapping;
  }

  /**
   * Has a range of the file in memory, and more of what follows.
   *
   * @param start of the range; not before that of an earlier call
   * @param end of the range
   * @param more where what will be asked for next ends
   */
  void require(long start, long end, long more) {
    done = Math.max(done, start);
    while (done < end) {
      Workers.requireNotInterrupted();
      long part = Math.min(PART, Math.max(end, more) - done);
      if (core.cached(file, done, part, mapping + done) < CACHED) {
        core.warm(file, done, part);
        bytes += part;
      }
      done += part;
    }
  }

  /** Bytes that were not in memory, or lay between such. */
  long bytes() {
    return bytes;
  }
}
