package dev.tenon.engine.torch;

import dev.tenon.TenonException;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Speaks before memory runs out. JavaCPP refuses every new pointer once the process holds more
 * physical memory than four times the Java heap, and tries garbage collection for seconds first;
 * mapped file pages do not count.
 */
public final class Preflight {
  private static final String PROPERTY = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final long GIB = 1L << 30;

  /** Bytes that are worth looking for a limit, which takes some files to read. */
  private static final long WORTH_ASKING = 16L << 20;

  private Preflight() {}

  /**
   * Checks that memory for tensors can be had.
   *
   * @param needed bytes of native memory about to be allocated
   * @throws TenonException if JavaCPP would refuse, with the flag that lets it pass, or if the
   *     machine has not got as much
   */
  public static void check(long needed) {
    if (needed >= WORTH_ASKING) {
      check(needed, MemoryLimit.find()); // First: what JavaCPP would allow may be beyond it.
    }
    check(
        needed,
        Pointer.physicalBytes(),
        Pointer.maxPhysicalBytes(),
        Pointer.availablePhysicalBytes());
  }

  static void check(long needed, @Nullable MemoryLimit group) {
    if (group != null && needed > group.free()) {
      throw new TenonException(
          "The container or service this process runs in may not take so much memory: needed=%d, free=%d, limit=%d, group=%s, remedy=a limit of %d MiB or more"
              .formatted(
                  needed,
                  group.free(),
                  group.limit(),
                  group.group(),
                  ((group.limit() - group.free() + needed) >> 20) + 1));
    }
  }

  static void check(long needed, long used, long limit, long free) {
    if (limit > 0 && used + needed > limit) {
      throw refused(needed, used, limit);
    }
    // 0 where the operating system does not tell.
    if (free > 0 && needed > free) {
      throw new TenonException("Not enough free memory: needed=" + needed + ", free=" + free);
    }
  }

  /** What JavaCPP's own refusal means, which comes when memory runs out on the way. */
  static TenonException refused(OutOfMemoryError cause) {
    TenonException known = refused(0, Pointer.physicalBytes(), Pointer.maxPhysicalBytes());
    known.initCause(cause);
    return known;
  }

  private static TenonException refused(long needed, long used, long limit) {
    long heap = Runtime.getRuntime().maxMemory();
    long enough = (Math.max(used + needed, limit) + heap + GIB - 1) / GIB;
    return new TenonException(
        ("JavaCPP allows less native memory than the model takes: needed=%d, used=%d, allowed=%d,"
                + " remedy=-D%s=%dg")
            .formatted(needed, used, limit, PROPERTY, enough));
  }
}
