package dev.tenon.plan.place;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of this machine and what they have free, as NVIDIA's driver tells: a plan is to know
 * them without libtorch. Elsewhere than on Linux, and where there is no driver, there are none.
 */
public final class Gpus {
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");
  private static final Pattern LINE = Pattern.compile("(\\d+), (\\d+)");
  private static final long MIB = 1L << 20;

  /** The share of free memory that tensors get: the rest is for what computes with them. */
  private static final double SHARE = 0.9;

  private Gpus() {}

  /**
   * Bytes for tensors on each GPU that this process sees, by its number here.
   *
   * @throws TenonException if there is a driver that does not answer
   */
  public static Map<Device, Long> budgets() {
    if (!Files.isDirectory(DRIVER)) {
      return Map.of();
    }
    return budgets(ask(), System.getenv("CUDA_VISIBLE_DEVICES"));
  }

  /**
   * Reads the driver's answer.
   *
   * @param answer lines of a number and the free MiB
   * @param visible the numbers this process sees, in its order, or null for all; a number that is
   *     none ends the list, as for CUDA
   */
  static Map<Device, Long> budgets(String answer, @Nullable String visible) {
    Map<String, Long> free = new TreeMap<>();
    List<String> seen = new ArrayList<>();
    Matcher lines = LINE.matcher(answer);
    while (lines.find()) {
      free.put(lines.group(1), (long) (Long.parseLong(lines.group(2)) * MIB * SHARE));
      seen.add(lines.group(1));
    }
    if (visible != null) {
      seen = List.of(visible.replace(" ", "").split(","));
    }
    Map<Device, Long> budgets = new TreeMap<>();
    for (String number : seen) {
      Long bytes = free.get(number);
      if (bytes == null) {
        break;
      }
      budgets.put(Device.cuda(budgets.size()), bytes);
    }
    return budgets;
  }

  private static String ask() {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=index,memory.free", "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() == 0) {
        return answer;
      }
      throw unknown(answer.strip());
    } catch (IOException e) {
      throw unknown(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("interrupted");
    }
  }

  private static TenonException unknown(String reason) {
    return new TenonException(
        "nvidia-smi does not say what GPUs have free: reason="
            + reason
            + ". Say what devices there are with --max-memory (LoadOptions.maxMemory).");
  }
}
