package dev.tenon.engine.bytes;

import org.bytedeco.pytorch.Tensor;

/**
 * Buffers in the CPU's memory, and copies out of them that may go on while the next buffer is
 * filled. For one thread, which has a pointer scope open.
 */
interface Staging extends AutoCloseable {
  /**
   * Bytes of which the first address of each slot is a multiple, as libtorch's allocator has it.
   */
  int ALIGNMENT = 512;

  /** Bytes of each buffer, a multiple of {@link #ALIGNMENT}. */
  long size();

  /** A buffer nothing is being copied out of: bytes on the CPU. */
  Tensor next();

  /**
   * Begins to copy.
   *
   * @param from bytes of the buffer that {@link #next} gave last
   * @param to as many bytes of a device
   */
  void copy(Tensor from, Tensor to);

  /** Waits until all is copied. */
  @Override
  void close();
}
