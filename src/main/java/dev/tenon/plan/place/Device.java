package dev.tenon.plan.place;

import dev.tenon.TenonException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where tensors live. In order: the GPUs by number, then the memory of the machine, then its disk.
 *
 * @param kind what it is
 * @param index which one, 0 for kinds there is one of
 */
public record Device(Kind kind, int index) implements Comparable<Device> {
  /** The memory of this machine. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /**
   * Files mapped into memory: tensors a CPU can use, whose pages come in when they are touched and
   * go when memory is short.
   */
  public static final Device DISK = new Device(Kind.DISK, 0);

  /** Nowhere: shapes and dtypes without bytes. */
  public static final Device META = new Device(Kind.META, 0);

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,2}))?");

  /** What a device is. */
  public enum Kind {
    /** A GPU's memory. */
    CUDA,
    /** Ordinary memory. */
    CPU,
    /** Mapped files. */
    DISK,
    /** No memory at all. */
    META
  }

  /** The GPU of a number. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * The device torch writes this way, or the disk.
   *
   * @param text {@code cpu}, {@code disk}, {@code meta}, {@code cuda} or {@code cuda:N}
   * @throws TenonException if it is none of them
   */
  public static Device parse(String text) {
    Matcher cuda = CUDA.matcher(text);
    if (cuda.matches()) {
      return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }
    return switch (text) {
      case "cpu" -> CPU;
      case "disk" -> DISK;
      case "meta" -> META;
      default ->
          throw new TenonException(
              "Unknown device: device=" + text + ", known=cpu|cuda:N|disk|meta");
    };
  }

  /** Whether tensors here have addresses the CPU can use. */
  public boolean isHost() {
    return kind == Kind.CPU || kind == Kind.DISK;
  }

  @Override
  public int compareTo(Device other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : Integer.compare(index, other.index);
  }

  // Written out, as in FileStamp: Java makes a record's own at their first call, which took the
  // first load of a process longer than its plan.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Device device && device.kind == kind && device.index == index;
  }

  @Override
  public int hashCode() {
    return 31 * kind.ordinal() + index;
  }

  /** As torch writes it. */
  @Override
  public String toString() {
    return switch (kind) {
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
      case DISK -> "disk";
      case META -> "meta";
    };
  }
}
