package dev.tenon.engine.file;

import dev.tenon.checkpoint.FileStamp;
import dev.tenon.engine.torch.NativeMemory;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A weight file the native core has open. It may be mapped before libtorch is there; from {@link
 * #map} on libtorch owns the mapping, until then this object does.
 */
final class NativeShard implements OpenShard {
  private final NativeFile file;
  private long mapping;
  private long mapped;
  private boolean handedOver;

  NativeShard(NativeFile file) {
    this.file = file;
  }

  /** What it has open. */
  NativeFile file() {
    return file;
  }

  @Override
  public FileStamp stamp() {
    NativeFile.State now = file.state();
    return FileStamp.of(now.size(), now.modified(), now.device(), now.inode());
  }

  @Override
  public void read(long offset, long address, long length) {
    file.read(offset, address, length);
  }

  /**
   * The address of the mapped file's first byte.
   *
   * @param bytes the file's size
   */
  long address(long bytes) {
    if (mapping == 0) {
      mapping = file.map(bytes);
      mapped = bytes;
    }
    return mapping;
  }

  @Override
  public Tensor map(long bytes) {
    long address = address(bytes);
    try (TensorOptions options = new TensorOptions(ScalarType.Byte)) {
      handedOver = true; // Before: what no tensor can be made over is given back there.
      return Tensors.kept(NativeMemory.tensor(address, bytes, new long[] {bytes}, options));
    }
  }

  @Override
  public void close() {
    if (mapping != 0 && !handedOver) {
      NativeCore.free(mapping, mapped);
    }
    mapping = 0;
    file.close();
  }
}
