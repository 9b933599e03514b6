package dev.tenon.engine.bytes;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.FileStamp;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.nativecore.UnmappableFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A weight file where there is no native core. Neither the JDK nor libtorch tells what an open file
 * is, so its stamp is that of its path.
 *
 * @param path what was opened
 * @param channel open for reading
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
record ChannelShard(Path path, FileChannel channel) implements OpenShard {
  /** Bytes of a read: a Java buffer holds less than 2 GiB. */
  private static final long PART = 1 << 30;

  @Override
  public FileStamp stamp() throws IOException {
    return FileStamp.of(path);
  }

  @Override
  public void read(long offset, Pointer to, long length) throws IOException {
    for (long done = 0; done < length; ) {
      long part = Math.min(length - done, PART);
      try (BytePointer bytes = new BytePointer(to)) {
        ByteBuffer buffer = bytes.capacity(length).position(done).limit(done + part).asByteBuffer();
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, offset + done + buffer.position()) < 0) {
            throw new EOFException("file ends early: " + path);
          }
        }
      }
      done += part;
    }
  }

  @Override
  public Tensor map(long bytes) {
    String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
    try (PointerScope scope = new PointerScope();
        TensorOptions options = new TensorOptions(torch.ScalarType.Byte)) {
      BytePointer name = new BytePointer(path.toString(), charset);
      return Tensors.kept(
          torch.from_file(name, new BoolOptional(false), new LongOptional(bytes), options));
    } catch (IOException | RuntimeException e) {
      TenonException failure = TorchErrors.of("Mapping failed", "file=" + path, e);
      throw String.valueOf(e.getMessage()).contains("No such device")
          ? new UnmappableFile(failure.getMessage(), failure)
          : failure;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
