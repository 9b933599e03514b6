package dev.tenon.engine.file;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Jobs that bring in every page of a mapped tensor by reading a byte of each, where there is no
 * native core.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Population {
  private static final long PAGE = 4096;

  /** Bytes of a job: an interrupt waits for one. */
  private static final long PART = 64L << 20;

  private Population() {}

  /** Adds the jobs of one tensor. */
  public static void add(String slot, Tensor mapped, List<Workers.Job> jobs) {
    long size = mapped.nbytes();
    for (long start = 0; start < size; start += PART) {
      long from = start;
      long bytes = Math.min(PART, size - start);
      jobs.add(new Workers.Job(slot, bytes, () -> touch(mapped, from, bytes)));
    }
  }

  private static void touch(Tensor mapped, long start, long bytes) {
    try (PointerScope scope = new PointerScope()) {
      Tensor part = mapped.view(-1).view(ScalarType.Byte).narrow(0, start, bytes);
      // The last byte is touched too: a tensor need not begin where a page does.
      part.narrow(0, bytes - 1, 1).sum();
      LongOptional whole = new LongOptional();
      part.slice(0, whole, whole, PAGE).sum();
    }
  }
}
