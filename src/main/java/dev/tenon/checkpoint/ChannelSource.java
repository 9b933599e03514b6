package dev.tenon.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file as the JDK opens it. Neither the JDK nor libtorch tells what an open file is, so its stamp
 * is that of its path.
 *
 * @param channel of which the file systems of others have one position, which readers share
 */
record ChannelSource(Path path, SeekableByteChannel channel) implements Source {

  static Source open(Path file) throws IOException {
    boolean ofTheSystem = file.getFileSystem() == FileSystems.getDefault();
    return new ChannelSource(
        file,
        ofTheSystem
            ? FileChannel.open(file, StandardOpenOption.READ)
            : Files.newByteChannel(file, StandardOpenOption.READ));
  }

  @Override
  public FileStamp stamp() throws IOException {
    return FileStamp.of(path);
  }

  @Override
  public int read(long offset, ByteBuffer into) throws IOException {
    if (channel instanceof FileChannel file) {
      return file.read(into, offset);
    }
    synchronized (channel) {
      return channel.position(offset).read(into);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
