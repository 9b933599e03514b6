package dev.tenon.engine.file;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Source;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;
import dev.tenon.nativecore.UnmappableFile;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The weight files of one load, each opened and mapped at most once, when it is first needed, and
 * checked when it is opened, before it is mapped and after its bytes were read: what is open, not
 * what its path says by then.
 *
 * <p>A mapping is private: writing to a tensor over it never reaches the file. libtorch owns it and
 * unmaps it with the last tensor over it, so closing this object leaves tensors handed out valid.
 *
 * <p>Thread-safe.
 */
public final class ShardFiles implements AutoCloseable {
  private final Map<Path, FileStamp> stamps = new HashMap<>();
  private final Map<Path, OpenShard> opened = new HashMap<>();
  private final Map<Path, Tensor> mappings = new HashMap<>();
  private final boolean hasCore;

  /**
   * Opens nothing yet.
   *
   * @param hasCore whether the native core is there to open them
   */
  public ShardFiles(List<Shard> shards, boolean hasCore) {
    for (Shard shard : shards) {
      stamps.put(shard.file(), shard.stamp());
    }
    this.hasCore = hasCore;
  }

  /**
   * Sees whether the files are still those whose headers were read: of one that is open, the open
   * one.
   *
   * @throws TenonException if one was truncated, written to, replaced or removed since
   */
  public void verifyUnchanged() {
    ChangedFile change = changed();
    if (change != null) {
      throw new TenonException(change.message());
    }
  }

  /**
   * The failure of a load in the words that fit: that a file changed, if that is why.
   *
   * @param failure what the load would end with
   */
  public TenonException explain(TenonException failure) {
    ChangedFile change = Thread.currentThread().isInterrupted() ? null : changed();
    return change == null || change.message().equals(failure.getMessage())
        ? failure
        : new TenonException(change.message(), failure);
  }

  private synchronized @Nullable ChangedFile changed() {
    for (Map.Entry<Path, FileStamp> then : stamps.entrySet()) {
      OpenShard open = opened.get(then.getKey());
      ChangedFile change =
          open == null
              ? ChangedFile.of(then.getKey(), then.getValue())
              : changed(then.getKey(), open);
      if (change != null) {
        return change;
      }
    }
    return null;
  }

  private @Nullable ChangedFile changed(Path file, OpenShard open) {
    FileStamp then = stamps.get(file);
    try {
      return ChangedFile.of(file, then, open.stamp());
    } catch (IOException e) {
      return new ChangedFile(file, ChangedFile.Kind.GONE, then, null);
    }
  }

  private void requireUnchanged(Path file, OpenShard open) {
    ChangedFile change = changed(file, open);
    if (change != null) {
      throw new TenonException(change.message());
    }
  }

  /** The whole file as a tensor of bytes; this object keeps it. */
  public synchronized Tensor mapped(Path file) {
    Tensor mapping = mappings.get(file);
    if (mapping == null) {
      OpenShard open = open(file);
      requireUnchanged(file, open);
      mapping = open.map(stamps.get(file).size());
      mappings.put(file, mapping);
    }
    return mapping;
  }

  /**
   * Where the file's first byte is mapped, of one the native core has open; needs no libtorch. The
   * mapping is that of {@link #mapped}, and gone with this object if that is never called.
   */
  synchronized long address(Path file) {
    if (!(open(file) instanceof NativeShard open)) {
      throw new UnmappableFile("Not a file of the system: file=" + file, null);
    }
    requireUnchanged(file, open);
    return open.address(stamps.get(file).size());
  }

  /**
   * Reads bytes of a file into memory, on the calling thread.
   *
   * @param address of the first of {@code length} bytes
   */
  public void read(Path file, long offset, long address, long length) throws IOException {
    open(file).read(offset, address, length);
  }

  /**
   * Reads bytes of a file into memory, with all threads of the native core if it has the file open.
   *
   * @param address of the first of {@code length} bytes
   * @throws TenonException if they cannot be read
   */
  public void read(Path file, NativeCore core, long offset, long address, long length) {
    if (isNative(file)) {
      nativeFile(file).read(core, new MoveBatch().add(offset, address, length));
      return;
    }
    try {
      read(file, offset, address, length);
    } catch (IOException e) {
      throw TorchErrors.of("Cannot read a file", "file=" + file + ", offset=" + offset, e);
    }
  }

  /** Whether the native core has the file open, or will: it is one of the system's. */
  public boolean isNative(Path file) {
    return hasCore && file.getFileSystem() == FileSystems.getDefault();
  }

  /** The file as the native core has it open, if {@link #isNative}; this object keeps it. */
  public NativeFile nativeFile(Path file) {
    return ((NativeShard) open(file)).file();
  }

  private synchronized OpenShard open(Path file) {
    OpenShard open = opened.get(file);
    if (open != null) {
      return open;
    }
    try {
      open =
          isNative(file)
              ? new NativeShard(NativeFile.open(file))
              : new ChannelShard(file, Source.open(file));
      opened.put(file, open);
      if (stamps.putIfAbsent(file, open.stamp()) != null) {
        requireUnchanged(file, open);
      }
      return open;
    } catch (IOException e) {
      throw TorchErrors.of("Cannot open a weight file", "file=" + file, e);
    }
  }

  @Override
  public synchronized void close() {
    for (Tensor mapping : mappings.values()) {
      mapping.deallocate();
    }
    mappings.clear();
    for (OpenShard open : opened.values()) {
      try {
        open.close();
      } catch (IOException | TenonException e) {
        // It was only read from: nothing is lost, and the load has its bytes.
        continue;
      }
    }
    opened.clear();
  }
}
