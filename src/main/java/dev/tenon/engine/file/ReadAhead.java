package dev.tenon.engine.file;

import dev.tenon.TenonException;
import dev.tenon.lang.SideThread;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeFile;
import java.io.File;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Brings in the beginning of a checkpoint's first file before anybody knows what of it is wanted: a
 * new JVM plans for as long as a fast disk takes for half a gigabyte. A guess, which the file cache
 * keeps: what is wrong with a file the load says, when it comes to it.
 *
 * <p>Runs on a thread of its own until it is closed, by the thread that began it.
 */
public final class ReadAhead implements AutoCloseable {
  /** Bytes of a file that takes longer to read than to plan. */
  private static final long WORTHWHILE = 256L << 20;

  /** Bytes brought in at most: no plan takes longer. */
  private static final long MOST = 1L << 30;

  /** Bytes at a time: who closes this waits for them. */
  private static final long PART = 8L << 20;

  private static final String WHOLE = "model.safetensors";

  private final @Nullable SideThread thread;
  private volatile boolean closed;
  private volatile long bytes;

  private ReadAhead(@Nullable File first) {
    thread = first == null ? null : start(first.toPath());
  }

  /** Begins with the first large file at a path, if there is one that looks like weights. */
  public static ReadAhead of(Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return none(); // No file the system could map.
    }
    File first = first(path.toFile());
    return new ReadAhead(first != null && first.length() >= WORTHWHILE ? first : null);
  }

  /** Nothing is read ahead. */
  public static ReadAhead none() {
    return new ReadAhead(null);
  }

  /** A file itself; of a directory what a load would look for, or the first shard. */
  static @Nullable File first(File path) {
    String[] names = path.list();
    if (names == null) {
      return path.getName().endsWith(".safetensors") ? path : null;
    }
    String first = null;
    for (String name : names) {
      if (name.equals(WHOLE)) {
        return new File(path, name);
      }
      boolean shard = name.startsWith("model-") && name.endsWith(".safetensors");
      if (shard && (first == null || name.compareTo(first) < 0)) {
        first = name;
      }
    }
    return first == null ? null : new File(path, first);
  }

  private @Nullable SideThread start(Path path) {
    try {
      return SideThread.start("tenon-ahead", () -> read(path));
    } catch (OutOfMemoryError e) {
      return null; // The system has no thread left, and this one can be done without.
    }
  }

  private void read(Path path) {
    try {
      if (NativeCore.available()) {
        try (NativeFile file = NativeFile.open(path);
            NativeCore core = NativeCore.load(1)) {
          read(file, core);
        }
      }
    } catch (TenonException | LinkageError | OutOfMemoryError e) {
      return; // The load finds it too.
    }
  }

  private void read(NativeFile file, NativeCore core) {
    long size = file.state().size();
    long mapping = file.map(size);
    try {
      for (long start = 0; start < Math.min(size, MOST) && !closed; start += PART) {
        long part = Math.min(PART, size - start);
        double cached = core.cached(file, start, part, mapping + start);
        if (start == 0 && cached == 1) {
          return; // The rest will be there too, or most of it.
        }
        core.populate(mapping + start, part);
        bytes += Math.round((1 - cached) * part);
      }
    } finally {
      NativeCore.free(mapping, size);
    }
  }

  /** Bytes read until now, of which none is added once this is closed. */
  public long bytes() {
    return bytes;
  }

  /** Ends it, and waits until it has. */
  @Override
  public void close() {
    closed = true;
    if (thread != null) {
      thread.join();
    }
  }
}
