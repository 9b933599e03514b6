package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Shard;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The weight files of one load, each opened and mapped at most once, when it is first needed.
 *
 * <p>A mapping is private: writing to a tensor over it never reaches the file. libtorch owns it and
 * unmaps it with the last tensor over it, so closing this object leaves tensors handed out valid.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
final class ShardFiles implements AutoCloseable {
  private final Map<Path, Shard> shards = new HashMap<>();
  private final Map<Path, Tensor> mappings = new HashMap<>();
  private final Map<Path, FileChannel> channels = new HashMap<>();

  ShardFiles(List<Shard> shards) {
    shards.forEach(shard -> this.shards.put(shard.file(), shard));
  }

  /**
   * Sees whether a file is still the one whose header was read.
   *
   * @throws TenonException if one was truncated, written to, replaced or removed since
   */
  void verifyUnchanged() {
    for (Shard shard : shards.values()) {
      FileStamp now;
      try {
        now = FileStamp.of(shard.file());
      } catch (IOException e) {
        throw new TenonException(
            "Weight file went away after its header was read: file=" + shard.file(), e);
      }
      if (!now.equals(shard.stamp())) {
        throw new TenonException(
            "Weight file changed after its header was read: file="
                + shard.file()
                + ", expected="
                + shard.stamp()
                + ", actual="
                + now);
      }
    }
  }

  /** The whole file as a tensor of bytes; this object keeps it. */
  synchronized Tensor mapped(Path file) {
    return mappings.computeIfAbsent(file, this::map);
  }

  private Tensor map(Path file) {
    String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
    try (PointerScope scope = new PointerScope();
        TensorOptions bytes = new TensorOptions(torch.ScalarType.Byte)) {
      long size = size(file);
      BytePointer name = new BytePointer(file.toString(), charset);
      return Tensors.kept(
          torch.from_file(name, new BoolOptional(false), new LongOptional(size), bytes));
    } catch (IOException | RuntimeException e) {
      throw TorchErrors.of("Mapping failed", "file=" + file, e);
    }
  }

  private long size(Path file) throws IOException {
    Shard shard = shards.get(file);
    return shard == null ? FileStamp.of(file).size() : shard.size();
  }

  /**
   * Reads bytes of a file into memory.
   *
   * @param to the first byte of at least {@code length} bytes
   */
  void read(Path file, long offset, Pointer to, long length) throws IOException {
    FileChannel channel = channel(file);
    for (long done = 0; done < length; ) {
      long part = Math.min(length - done, 1 << 30);
      try (BytePointer bytes = new BytePointer(to)) {
        ByteBuffer buffer = bytes.capacity(length).position(done).limit(done + part).asByteBuffer();
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, offset + done + buffer.position()) < 0) {
            throw new EOFException("file ends early: " + file);
          }
        }
      }
      done += part;
    }
  }

  private synchronized FileChannel channel(Path file) throws IOException {
    FileChannel channel = channels.get(file);
    if (channel == null) {
      channel = FileChannel.open(file);
      channels.put(file, channel);
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    mappings.values().forEach(Tensor::deallocate);
    mappings.clear();
    for (FileChannel channel : channels.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        // The channel was only read from: nothing is lost, and the load has its bytes.
        continue;
      }
    }
    channels.clear();
  }
}
