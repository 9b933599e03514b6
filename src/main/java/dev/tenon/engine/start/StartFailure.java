package dev.tenon.engine.start;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;

/** Why libtorch did not come up: the first cause, and its remedy, whatever was tried after it. */
final class StartFailure {
  private static final String CACHE = "remedy=-Dorg.bytedeco.javacpp.cachedir=DIR";
  private static final Pattern LACKING =
      Pattern.compile("([^:\\s]+): cannot open shared object file");
  private static final Pattern OF_CUDA = Pattern.compile("libcu(?!rl).*|libnv.*|libnccl.*");

  private StartFailure() {}

  /**
   * The error a load ends with.
   *
   * @param failure what the start ended with
   * @param loader that finds libtorch's jars
   * @throws OutOfMemoryError if memory ran out
   */
  static TenonException of(Throwable failure, ClassLoader loader) {
    Throwable first = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TenonException known) {
        return known;
      } else if (cause instanceof OutOfMemoryError full) {
        throw full;
      }
      first = cause;
    }
    String reason = first.getMessage() == null ? first.toString() : first.getMessage();
    return new TenonException(sentence(first, reason.strip(), loader), failure);
  }

  private static String sentence(Throwable first, String reason, ClassLoader loader) {
    Matcher lacking = LACKING.matcher(reason);
    if (reason.contains("No space left") || reason.contains("Disk quota exceeded")) {
      return "The disk is full where libtorch is unpacked: " + where(first) + reason(reason);
    } else if (first instanceof IOException) {
      return "Cannot unpack libtorch: " + where(first) + reason(reason);
    } else if (reason.contains("Cannot allocate memory")) {
      return "Not enough memory to load libtorch: reason=" + reason;
    } else if (reason.contains("failed to map segment")) {
      return "The file system libtorch is unpacked to lets nothing be executed (noexec): "
          + where(first)
          + reason(reason);
    } else if (lacking.find()) {
      String library = lacking.group(1).substring(lacking.group(1).lastIndexOf('/') + 1);
      return OF_CUDA.matcher(library).matches()
          ? "A library of CUDA is not on this machine: library="
              + library
              + ", remedy=install CUDA 13 and cuDNN 9, add the -redist classifiers of"
              + " org.bytedeco:cuda, or take the CPU's natives"
          : "A library that libtorch needs is not on this machine: library=" + library;
    }
    List<String> missing = missing(loader);
    return "libtorch does not load: "
        + (missing.isEmpty()
            ? "reason=" + reason
            : "missing="
                + String.join("|", missing)
                + ", platform="
                + Loader.getPlatform()
                + ", remedy=add their natives for this platform to the class path");
  }

  private static String where(Throwable first) {
    String file = first instanceof FileSystemException e ? e.getFile() : null;
    try {
      file = file == null ? Loader.getCacheDir().toString() : file;
    } catch (IOException e) {
      file = "none that can be written";
    }
    return "cache=" + file + ", ";
  }

  private static String reason(String reason) {
    return "reason=" + reason + ", " + CACHE;
  }

  /** The artifacts whose natives are not on the class path. */
  private static List<String> missing(ClassLoader loader) {
    String platform = Loader.getPlatform();
    List<String> missing = new ArrayList<>();
    if (!TorchBuilds.has(loader, platform) && !TorchBuilds.has(loader, platform + "-gpu")) {
      missing.add("org.bytedeco:pytorch");
    }
    for (String of : List.of("openblas", "javacpp")) {
      String library = System.mapLibraryName("jni" + of);
      if (loader.getResource("org/bytedeco/" + of + "/" + platform + "/" + library) == null) {
        missing.add("org.bytedeco:" + of);
      }
    }
    return missing;
  }
}
