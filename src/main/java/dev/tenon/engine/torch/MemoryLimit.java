package dev.tenon.engine.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The limit a container or a service has on its memory, beyond which the kernel kills it.
 *
 * @param group whose limit it is, a control group's directory
 * @param limit in bytes
 * @param free bytes of it that are not taken, by pages of files that can be dropped neither
 */
record MemoryLimit(Path group, long limit, long free) {
  /** The tightest of this process's groups, or null where there is none. */
  static @Nullable MemoryLimit find() {
    return find(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
  }

  static @Nullable MemoryLimit find(Path ofProcess, Path groups) {
    MemoryLimit tightest = null;
    try {
      for (String line : Files.readAllLines(ofProcess)) {
        String[] parts = line.split(":", 3);
        boolean second = parts[0].equals("0") && parts[1].isEmpty();
        if (second || ("," + parts[1] + ",").contains(",memory,")) {
          Path root = second ? groups : groups.resolve("memory");
          Path group = root.resolve(parts[2].substring(1)).normalize();
          for (; group != null && group.startsWith(root); group = group.getParent()) {
            MemoryLimit limit = of(group, second);
            if (limit != null && (tightest == null || limit.free < tightest.free)) {
              tightest = limit;
            }
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      return tightest; // Another system, or one that hides it.
    }
    return tightest;
  }

  private static @Nullable MemoryLimit of(Path group, boolean second) throws IOException {
    Path limit = group.resolve(second ? "memory.max" : "memory.limit_in_bytes");
    Path taken = group.resolve(second ? "memory.current" : "memory.usage_in_bytes");
    if (!Files.isReadable(limit) || !Files.isReadable(taken)) {
      return null; // A container sees its own groups alone, whatever they are called outside.
    }
    String most = Files.readString(limit).strip();
    if (most.equals("max")) {
      return null;
    }
    long bytes = Long.parseLong(most);
    long used = Long.parseLong(Files.readString(taken).strip());
    String prefix = second ? "" : "total_";
    for (String line : Files.readAllLines(group.resolve("memory.stat"))) {
      if (line.startsWith(prefix + "inactive_file ") || line.startsWith(prefix + "active_file ")) {
        used -= Long.parseLong(line.substring(line.indexOf(' ') + 1).strip());
      }
    }
    return new MemoryLimit(group, bytes, bytes - used);
  }
}
