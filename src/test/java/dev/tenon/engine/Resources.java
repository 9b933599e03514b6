package dev.tenon.engine;

import dev.tenon.engine.torch.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * What a process holds that a load might leave behind.
 *
 * @param counts how many or how much, by what it is
 */
public record Resources(Map<String, Long> counts) {
  /**
   * What this process holds now.
   *
   * @param files where the weight files are
   */
  public static Resources now(Path files) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("descriptors", descriptors(files));
    counts.put("mappings", mappings(files));
    counts.put("threads of a load", threads());
    counts.put("native tensors", (long) NativeMemory.held());
    counts.put("JavaCPP's bytes", Pointer.totalBytes());
    counts.put("JavaCPP's objects", Pointer.totalCount());
    return new Resources(counts);
  }

  private static long descriptors(Path files) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(each -> leadsInto(each, files)).count();
    }
  }

  private static boolean leadsInto(Path descriptor, Path files) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(files);
    } catch (IOException gone) {
      return false;
    }
  }

  private static long mappings(Path files) throws IOException {
    String name = files.toString();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(name)).count();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tenon-read"))
        .count();
  }

  /** Fails if there is more of anything than there was; garbage may have gone meanwhile. */
  public void requireNoMoreThan(Resources before, String after) {
    for (Map.Entry<String, Long> now : counts.entrySet()) {
      if (now.getValue() > before.counts.get(now.getKey())) {
        throw new AssertionError(
            "Left behind after " + after + ": before=" + before.counts + ", now=" + counts);
      }
    }
  }

  /**
   * A number of the process, from {@code /proc/self/status}: {@code VmRSS} in kB, {@code Threads}.
   */
  public static long status(String field) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
    return lines.stream()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
        .findFirst()
        .orElseThrow();
  }

  /** How many mappings there are, of files or not. */
  public static long allMappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }

  /** How many files, pipes and sockets are open. */
  public static long allDescriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
