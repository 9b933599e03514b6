package dev.tenon.engine;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has one chosen system call of a child process fail: {@code faults.c}, put before libc. The child
 * says which, through memory it shares with that library.
 */
final class FaultLibrary {
  private static final Path SOURCE = Path.of("src/test/resources/faults/faults.c");
  private static final int LONGS = 6;

  /** What can fail, and how: bits of the library's. */
  enum Fault {
    PERMISSION(1, 13),
    NO_DESCRIPTOR_LEFT(1, 24),
    STAT(2, 5),
    READ(4, 5),
    END_OF_FILE(4, 0),
    MAP(8, 12),
    POPULATE(16, 14),
    MEMORY(32, 12),
    THREAD(64, 11),
    DISK_FULL(128, 28),
    CLOSE(256, 5);

    final long kind;
    final long errno;

    Fault(long kind, long errno) {
      this.kind = kind;
      this.errno = errno;
    }
  }

  private final LongBuffer control;

  private FaultLibrary(LongBuffer control) {
    this.control = control;
  }

  /**
   * What a child's environment must hold, or null where there is no compiler to make the library.
   *
   * @param directory to make it in
   * @param under where the files are that are meant
   */
  static @Nullable Map<String, String> environment(Path directory, Path under)
      throws IOException, InterruptedException {
    Path library = directory.resolve("libfaults.so");
    ProcessBuilder gcc =
        new ProcessBuilder(
            "gcc", "-O1", "-shared", "-fPIC", "-o", library.toString(), SOURCE.toString(), "-ldl");
    try {
      Process process = gcc.inheritIO().start();
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new AssertionError("The library of faults does not compile");
      }
    } catch (IOException e) {
      return null;
    }
    Path control = Files.write(directory.resolve("control"), new byte[LONGS * Long.BYTES]);
    // libgomp, libtorch's pool, ends the process where it gets no thread: let it need none.
    return Map.of(
        "OMP_NUM_THREADS",
        "1",
        "LD_PRELOAD",
        library.toString(),
        "TENON_FAULTS",
        control.toString(),
        "TENON_FAULTS_UNDER",
        under.toString());
  }

  /** The library this process runs with. */
  static FaultLibrary ofThisProcess() throws IOException {
    Path file = Path.of(System.getenv("TENON_FAULTS"));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new FaultLibrary(
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, LONGS * Long.BYTES)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer());
    }
  }

  /**
   * From now on calls count.
   *
   * @param victim which one fails, from 1; none if 0
   * @param lasts whether all after it fail too
   */
  void arm(Fault fault, long victim, boolean lasts) {
    arm(fault, fault.errno, victim, lasts);
  }

  /** As above, with another error of the system's. */
  void arm(Fault fault, long errno, long victim, boolean lasts) {
    arm(fault.kind, errno, victim, lasts);
  }

  /** From now on pages cannot be brought in, and a read says why. */
  void armDisk(long errno, long victim) {
    arm(Fault.POPULATE.kind | Fault.READ.kind, errno, victim, true);
  }

  private void arm(long kinds, long errno, long victim, boolean lasts) {
    control.put(1, 0).put(2, victim).put(3, lasts ? 1 : 0).put(4, errno).put(5, 0);
    control.put(0, kinds);
  }

  /** From now on nothing fails; how many calls there were. */
  long disarm() {
    control.put(0, 0);
    return control.get(1);
  }

  /** How many calls failed since it was armed. */
  long failed() {
    return control.get(5);
  }
}
