package dev.tenon.engine.file;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Source;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.nativecore.UnmappableFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
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
 * A weight file that the native core has not open: because there is none, or because the file is
 * none of the system's and can only be read.
 *
 * @param path what was opened
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
record ChannelShard(Path path, Source source) implements OpenShard {
  /** Bytes of a read: a Java buffer holds less than 2 GiB. */
  private static final long PART = 1 << 30;

  @Override
  public FileStamp stamp() throws IOException {
    return source.stamp();
  }

  @Override
  public void read(long offset, long address, long length) throws IOException {
    for (long done = 0; done < length; ) {
      long part = Math.min(length - done, PART);
      try (At bytes = new At(address + done)) {
        ByteBuffer buffer = bytes.capacity(part).asByteBuffer();
        source.readFully(offset + done, buffer);
      } catch (EOFException e) {
        throw new EOFException("file ends early: " + path);
      }
      done += part;
    }
  }

  /** Memory that somebody else keeps. */
  private static final class At extends BytePointer {
    At(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  @Override
  public Tensor map(long bytes) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new UnmappableFile("Not a file of the system: file=" + path, null);
    }
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
    source.close();
  }
}
