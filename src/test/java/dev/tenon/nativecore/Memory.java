package dev.tenon.nativecore;

import dev.tenon.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/** Memory outside the heap, with its address, and elements as the tests compare them. */
record Memory(ByteBuffer buffer, long address) {
  static Memory of(long bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    return new Memory(buffer, new BytePointer(buffer).address());
  }

  byte[] bytes() {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  float float32(int index) {
    return buffer.getFloat(4 * index);
  }

  /** An element of any type the core writes, widened. */
  double element(DType dtype, int index) {
    return switch (dtype) {
      case F32 -> buffer.getFloat(4 * index);
      case F64 -> buffer.getDouble(8 * index);
      case BF16 -> Halves.fromBfloat16(buffer.getShort(2 * index));
      case F16 -> Halves.fromFloat16(buffer.getShort(2 * index));
      default -> throw new IllegalArgumentException(dtype.toString());
    };
  }
}
