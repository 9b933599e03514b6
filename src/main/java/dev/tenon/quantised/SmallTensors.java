package dev.tenon.quantised;

import dev.tenon.checkpoint.Source;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads tensors that hold not elements but facts: sizes, names, settings. Bounded, so that nobody
 * has a plan read a model. For one thread.
 */
final class SmallTensors implements Closeable {
  /** Bytes of the longest. */
  static final int MOST = 1 << 12;

  private final Map<Path, Source> open = new HashMap<>();

  /**
   * A tensor's bytes, little-endian.
   *
   * @throws IllegalArgumentException if it is too long, cut off, or cannot be read
   */
  ByteBuffer bytes(TensorEntry entry) {
    if (entry.bytes() > MOST || !entry.contiguous()) {
      throw new IllegalArgumentException(entry.name() + " has " + entry.bytes() + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    try {
      Source source = open.get(entry.file());
      if (source == null) {
        source = Source.open(entry.file());
        open.put(entry.file(), source);
      }
      source.readFully(entry.offset(), bytes);
    } catch (EOFException e) {
      throw new IllegalArgumentException("the file ends within " + entry.name(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(entry.name() + " cannot be read: " + e.getMessage(), e);
    }
    return bytes.flip();
  }

  /** A tensor of integers, in order. */
  long[] integers(TensorEntry entry) {
    ByteBuffer bytes = bytes(entry);
    long[] values = new long[(int) entry.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (entry.dtype()) {
            case U8, I8, BOOL -> bytes.get();
            case I32 -> bytes.getInt();
            case I64 -> bytes.getLong();
            default -> throw new IllegalArgumentException(entry.name() + " is of " + entry.dtype());
          };
    }
    return values;
  }

  /** The one integer of a tensor. */
  long integer(TensorEntry entry) {
    long[] values = integers(entry);
    if (values.length != 1) {
      throw new IllegalArgumentException(entry.name() + " is no single number");
    }
    return values[0];
  }

  /** A tensor's bytes as text. */
  String text(TensorEntry entry) {
    if (entry.dtype() != DType.U8) {
      throw new IllegalArgumentException(entry.name() + " is of " + entry.dtype());
    }
    return new String(bytes(entry).array(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    for (Source source : open.values()) {
      try {
        source.close();
      } catch (IOException e) {
        continue; // It was only read from.
      }
    }
    open.clear();
  }
}
