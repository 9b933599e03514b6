package dev.tenon.checkpoint.format;

import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Source;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file open for reading at any position. Symbolic links are followed; devices and pipes refused.
 */
public final class RegularFile implements AutoCloseable {
  private final Path path;
  private final FileStamp stamp;
  private final Source source;

  private RegularFile(Path path, FileStamp stamp, Source source) {
    this.path = path;
    this.stamp = stamp;
    this.source = source;
  }

  /** Opens a file; the type is looked at first because opening a pipe would wait for a writer. */
  public static RegularFile open(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw Errors.bad(
          path, attributes.isDirectory() ? "A directory is no file" : "Not a regular file");
    }
    // Before the file is opened: whatever takes its place in between is noticed later on.
    FileStamp stamp = FileStamp.of(path);
    return new RegularFile(path, stamp, Source.open(path));
  }

  public Path path() {
    return path;
  }

  public FileStamp stamp() {
    return stamp;
  }

  public long size() {
    return stamp.size();
  }

  /** Reads exactly {@code length} bytes, little-endian; the range must lie inside the file. */
  public ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      source.readFully(position, buffer);
    } catch (EOFException e) {
      throw Errors.bad(path, "The file became shorter while it was read");
    }
    return buffer.flip();
  }

  /** A range as a stream, which ends early if the file does. */
  public InputStream stream(long position, long length) {
    return new Range(position, position + length);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private final class Range extends InputStream {
    private long at;
    private final long end;

    Range(long at, long end) {
      this.at = at;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (at == end) {
        return length == 0 ? 0 : -1;
      }
      int wanted = (int) Math.min(length, end - at);
      int got = source.read(at, ByteBuffer.wrap(into, offset, wanted));
      at += Math.max(got, 0);
      return got;
    }
  }
}
