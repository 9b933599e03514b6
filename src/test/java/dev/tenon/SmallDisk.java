package dev.tenon;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system with little room; without the right to mount one there is no test. */
public final class SmallDisk implements AutoCloseable {
  private final Path path;

  private SmallDisk(Path path) {
    this.path = path;
  }

  /**
   * Mounts one.
   *
   * @param path a directory, which is made
   */
  public static SmallDisk mount(Path path, long bytes) throws IOException {
    Files.createDirectory(path);
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", path.toString()),
        "no right to mount a file system");
    return new SmallDisk(path);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Takes all the room there is, with a file. */
  public Path fill() throws IOException {
    Path filler = path.resolve("filler");
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      return filler; // No space left on device.
    }
  }

  /** Lets it be read only. */
  public void protect() {
    assumeTrue(run("mount", "-o", "remount,ro", path.toString()), "no right to remount");
  }

  /** Lets nothing on it be executed. */
  public void forbidExecution() {
    assumeTrue(run("mount", "-o", "remount,noexec", path.toString()), "no right to remount");
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException e) {
      return false; // There is no such command.
    }
  }

  @Override
  public void close() {
    run("umount", path.toString());
  }
}
