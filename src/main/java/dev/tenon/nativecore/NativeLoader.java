package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Finds the library and links it, once a class loader. */
final class NativeLoader {
  /** Path of a library to use instead of the jar's; there is no falling back from it. */
  static final String PROPERTY = "dev.tenon.nativecore.library";

  /** Why there is no library, or null if there is one. */
  private static final @Nullable String UNAVAILABLE;

  /** A library was found or named, and is not one this class can use. */
  private static final @Nullable TenonException BROKEN;

  static {
    String unavailable = null;
    TenonException broken = null;
    try {
      unavailable = load(System.getProperty(PROPERTY));
    } catch (TenonException e) {
      broken = e;
    }
    UNAVAILABLE = unavailable;
    BROKEN = broken;
  }

  private NativeLoader() {}

  /** Why there is no library, or null if it is linked. */
  static @Nullable String unavailable() {
    if (BROKEN != null) {
      throw new TenonException(BROKEN.getMessage(), BROKEN);
    }
    return UNAVAILABLE;
  }

  private static @Nullable String load(@Nullable String override) {
    if (override != null) {
      link(override);
      return null;
    }
    String platform = Loader.getPlatform();
    String name = System.mapLibraryName(TenonLibrary.NAME);
    URL url = TenonLibrary.class.getResource(platform + "/" + name);
    if (url == null) {
      return "this build of Tenon holds no native core for the platform: platform=" + platform;
    }
    try {
      link(url, name);
    } catch (IOException | URISyntaxException e) {
      throw new TenonException(
          "Cannot unpack the native core: resource=%s, reason=%s, %s names a library that needs no unpacking"
              .formatted(url, e, PROPERTY),
          e);
    }
    return null;
  }

  private static void link(URL url, String name) throws IOException, URISyntaxException {
    byte[] bytes;
    try (InputStream in = url.openStream()) {
      bytes = in.readAllBytes();
    }
    UnpackedLibrary library =
        url.getProtocol().equals("file")
            ? new UnpackedLibrary(Path.of(url.toURI()), false)
            : UnpackedLibrary.of(name, bytes);
    try {
      link(library.file().toString());
    } catch (TenonException e) {
      if (!isOfAnotherLoader(e.getCause())) {
        throw e;
      }
      // The JVM links a file for one class loader, so this one gets a file of its own.
      library = UnpackedLibrary.passing(name, bytes);
      link(library.file().toString());
    } finally {
      library.linked();
    }
  }

  private static boolean isOfAnotherLoader(@Nullable Throwable fault) {
    return fault instanceof UnsatisfiedLinkError
        && String.valueOf(fault.getMessage()).contains("already loaded in another classloader");
  }

  /** JavaCPP's own library comes before this one, and after a failure JavaCPP tries others. */
  private static String firstCause(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return String.valueOf(first.getMessage());
  }

  private static void link(String path) {
    try {
      // Linking calls back into JavaCPP, which takes the Loader's lock and then the JVM's own lock
      // on libraries whenever it links. In the other order this and a thread that loads libtorch
      // would wait for each other for good.
      synchronized (Loader.class) {
        Loader.load(Pointer.class);
        System.load(path);
      }
    } catch (UnsatisfiedLinkError e) {
      String reason = firstCause(e);
      String remedy =
          reason.contains("failed to map segment")
              ? ", remedy=-Dorg.bytedeco.javacpp.cachedir=DIR, on a file system that is not noexec"
              : "; " + PROPERTY + " names another";
      throw new TenonException(
          "Cannot load the native core: library=%s, reason=%s%s".formatted(path, reason, remedy),
          e);
    }
    int abi;
    try {
      abi = TenonLibrary.abi();
    } catch (UnsatisfiedLinkError e) {
      throw new TenonException(
          "Not a native core of Tenon: library=%s; %s names it".formatted(path, PROPERTY), e);
    }
    if (abi != TenonLibrary.ABI) {
      throw new TenonException(
          "The native core is of another version of Tenon: library=%s, expected=%d, actual=%d; %s"
                  .formatted(path, TenonLibrary.ABI, abi, PROPERTY)
              + " names another");
    }
    TenonLibrary.lookUp();
    TenonLibrary.linked = true;
  }
}
