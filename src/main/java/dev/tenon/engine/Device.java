package dev.tenon.engine;

import dev.tenon.TenonException;

/**
 * Where tensors live.
 *
 * @param kind what it is
 * @param index which one, 0 for kinds there is one of
 */
public record Device(Kind kind, int index) {
  /** The memory of this machine. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Nowhere: shapes and dtypes without bytes. */
  public static final Device META = new Device(Kind.META, 0);

  /** What a device is. */
  public enum Kind {
    /** Ordinary memory. */
    CPU,
    /** A GPU's memory. */
    CUDA,
    /** No memory at all. */
    META
  }

  /**
   * The device torch writes this way.
   *
   * @param text {@code cpu}, {@code meta}, {@code cuda} or {@code cuda:N}
   * @throws TenonException if it is none of them
   */
  public static Device parse(String text) {
    if (text.equals("cpu")) {
      return CPU;
    } else if (text.equals("meta")) {
      return META;
    } else if (text.equals("cuda")) {
      return new Device(Kind.CUDA, 0);
    } else if (text.matches("cuda:\\d{1,2}")) {
      return new Device(Kind.CUDA, Integer.parseInt(text.substring(5)));
    }
    throw new TenonException("Unknown device: device=" + text + ", known=cpu|cuda:N|meta");
  }

  /** As torch writes it. */
  @Override
  public String toString() {
    return switch (kind) {
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
      case META -> "meta";
    };
  }
}
