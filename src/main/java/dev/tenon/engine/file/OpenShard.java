package dev.tenon.engine.file;

import dev.tenon.checkpoint.FileStamp;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** One open weight file: all that is read or mapped is of one file, whatever its path says. */
interface OpenShard extends AutoCloseable {
  /** The stamp of the file that is open, as it is now. */
  FileStamp stamp() throws IOException;

  /**
   * Reads bytes into memory; by any thread.
   *
   * @param address of the first of {@code length} bytes
   */
  void read(long offset, long address, long length) throws IOException;

  /**
   * The file as a tensor of bytes over a private mapping, which libtorch undoes with the last
   * tensor over it.
   *
   * @param bytes the file's size
   * @throws dev.tenon.nativecore.UnmappableFile if it is none that can be mapped
   */
  Tensor map(long bytes);

  @Override
  void close() throws IOException;
}
