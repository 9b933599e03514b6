package dev.tenon.engine;

import dev.tenon.checkpoint.FileStamp;
import dev.tenon.nativecore.NativeFile;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A weight file the native core has open.
 *
 * @param file what it has open
 */
record NativeShard(NativeFile file) implements OpenShard {
  @Override
  public FileStamp stamp() {
    NativeFile.State now = file.state();
    return FileStamp.of(now.size(), now.modified(), now.device(), now.inode());
  }

  @Override
  public void read(long offset, Pointer to, long length) {
    file.read(offset, to.address() + to.position(), length);
  }

  @Override
  public Tensor map(long bytes) {
    try (TensorOptions options = new TensorOptions(ScalarType.Byte)) {
      return Tensors.kept(NativeMemory.tensor(file.map(bytes), bytes, new long[] {bytes}, options));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
