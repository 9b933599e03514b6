package dev.tenon.engine.torch;

import dev.tenon.TenonException;
import org.jspecify.annotations.Nullable;

/** Memory that ran out, in this library's words: which memory, and what would help. */
public final class Shortage {
  private Shortage() {}

  /**
   * The shortage behind an error, or null if it is of another kind: where a class or a service is
   * loaded meanwhile, the JVM's error says first that it could not be.
   */
  public static @Nullable OutOfMemoryError in(Error error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError full) {
        return full;
      }
    }
    return null;
  }

  /**
   * The error that work ends with. Everything it took is free by then, so that a heap that was full
   * has room for it.
   *
   * @param error the JVM's, or JavaCPP's of one of its limits
   */
  public static TenonException of(OutOfMemoryError error) {
    String reason = String.valueOf(error.getMessage());
    if (reason.contains("maxPhysicalBytes")) {
      return Preflight.refused(error);
    } else if (reason.contains("maxBytes")) {
      return new TenonException(
          "JavaCPP allows less native memory than is asked for: reason="
              + reason
              + ", remedy=-Dorg.bytedeco.javacpp.maxBytes=0",
          error);
    }
    String remedy =
        reason.contains("heap space") || reason.contains("GC overhead")
            ? ", remedy=-Xmx" + 2 * Math.max(1, Runtime.getRuntime().maxMemory() >> 20) + "m"
            : "";
    return new TenonException("Out of memory: reason=" + reason + remedy, error);
  }
}
