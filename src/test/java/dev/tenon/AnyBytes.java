package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What every reader of a file promises, whatever bytes are in it: a value or one {@link
 * TenonException} of one line, in bounded time, with memory in proportion to the file.
 */
public final class AnyBytes {
  /** Beside what a file's own bytes take when they are read. */
  private static final long ALLOWED = 24L << 20;

  private static final int ALLOWED_PER_BYTE = 400;

  /** Of the processor, on a slow machine, with instrumented code. */
  private static final long ALLOWED_NANOS = 5_000_000_000L;

  /** Far more than any message needs, far less than a log can bear. */
  private static final int LONGEST_MESSAGE = 4096;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Path DIRECTORY = directory();

  private AnyBytes() {}

  /** A reader of bytes, which may fail with a fault of its own. */
  @FunctionalInterface
  public interface Reader {
    /** Reads them all. */
    void read(byte[] bytes) throws Exception;
  }

  /** Writes the bytes to a file of this name and reads it. */
  public static void inFile(String name, byte[] bytes, Consumer<Path> reader) throws Exception {
    inFile(name, bytes, ALLOWED, reader);
  }

  /** As above, where a few bytes may ask for this much memory. */
  public static void inFile(String name, byte[] bytes, long allowed, Consumer<Path> reader)
      throws Exception {
    Path file = Files.write(DIRECTORY.resolve(name), bytes);
    given(bytes, allowed, ignored -> reader.accept(file));
  }

  /** Reads the bytes. */
  public static void given(byte[] bytes, Reader reader) throws Exception {
    given(bytes, ALLOWED, reader);
  }

  private static void given(byte[] bytes, long allowed, Reader reader) throws Exception {
    // Twice, if need be: what classes take to load, once, is not the input's doing.
    if (!isCheap(bytes, allowed, reader)) {
      assertThat(isCheap(bytes, allowed, reader)).as("bounded time and memory").isTrue();
    }
  }

  private static boolean isCheap(byte[] bytes, long allowed, Reader reader) throws Exception {
    long memory = THREADS.getCurrentThreadAllocatedBytes();
    long time = THREADS.getCurrentThreadCpuTime();
    read(bytes, reader);
    memory = THREADS.getCurrentThreadAllocatedBytes() - memory;
    time = THREADS.getCurrentThreadCpuTime() - time;
    return memory < allowed + ALLOWED_PER_BYTE * (long) bytes.length && time < ALLOWED_NANOS;
  }

  private static void read(byte[] bytes, Reader reader) throws Exception {
    try {
      reader.read(bytes);
    } catch (TenonException e) {
      assertThat(e.getMessage())
          .hasSizeBetween(1, LONGEST_MESSAGE)
          .doesNotContainPattern("[\\p{Cntrl}\\u2028\\u2029]");
    }
  }

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("tenon-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> clear(directory)));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void clear(Path directory) {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
