package dev.tenon.integrity;

import dev.tenon.checkpoint.Source;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads tensors that do not lie in row-major order, element by element in that order. Rare and
 * small in practice: a window over the file is all the speed it has.
 */
final class StridedReader implements AutoCloseable {
  private static final int WINDOW = 1 << 16;

  private final Source source;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
  private long windowAt;

  StridedReader(Path file) throws IOException {
    source = Source.open(file);
  }

  /** Gives a tensor's bytes to who takes them. */
  void read(TensorSink.Span span) throws IOException {
    TensorEntry entry = span.entry();
    Shape shape = entry.shape();
    Shape strides = entry.strides();
    int size = entry.dtype().bits() / 8;
    long[] index = new long[shape.rank()];
    long at = entry.offset();
    byte[] out = new byte[WINDOW];
    int filled = 0;
    for (long left = shape.elements(); left > 0; left--) {
      if (filled + size > out.length) {
        span.bytes().update(out, 0, filled);
        filled = 0;
      }
      element(at, out, filled, size);
      filled += size;
      for (int dim = index.length - 1; dim >= 0; dim--) {
        at += strides.dim(dim) * size;
        if (++index[dim] < shape.dim(dim)) {
          break;
        }
        at -= strides.dim(dim) * size * shape.dim(dim);
        index[dim] = 0;
      }
    }
    span.bytes().update(out, 0, filled);
  }

  private void element(long at, byte[] into, int offset, int size) throws IOException {
    if (at < windowAt || at + size > windowAt + window.limit()) {
      windowAt = at;
      window.clear();
      while (window.position() < size) {
        if (source.read(at + window.position(), window) < 0) {
          throw new EOFException("The file ends early");
        }
      }
      window.flip();
    }
    window.get((int) (at - windowAt), into, offset, size);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
