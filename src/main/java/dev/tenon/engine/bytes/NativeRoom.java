package dev.tenon.engine.bytes;

import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.NativeCore;

/** Memory of the native core's that grows when more is asked for, and is then empty. */
final class NativeRoom implements AutoCloseable {
  private final LazyCore core;
  private long address;
  private long size;
  private long used;

  NativeRoom(LazyCore core) {
    this.core = core;
  }

  /** Empties it, and makes it as large as this at least. */
  void reset(long bytes) {
    used = 0;
    if (bytes > size) {
      close();
      address = core.get().allocate(bytes, false);
      size = bytes;
    }
  }

  /** What {@link #take} takes for so many bytes. */
  static long rounded(long bytes) {
    return Math.addExact(bytes, 63) / 64 * 64;
  }

  /**
   * A part of it.
   *
   * @throws IllegalStateException if it has no more
   */
  long take(long bytes) {
    long at = used;
    used += rounded(bytes);
    if (used > size) {
      throw new IllegalStateException("No room: bytes=" + bytes + ", size=" + size);
    }
    return address + at;
  }

  @Override
  public void close() {
    if (size > 0) {
      NativeCore.free(address, size);
      size = 0;
    }
  }
}
