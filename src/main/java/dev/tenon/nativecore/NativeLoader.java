package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.io.IOException;
import java.net.JarURLConnection;
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
    String resource = platform + "/" + System.mapLibraryName(TenonLibrary.NAME);
    URL url = TenonLibrary.class.getResource(resource);
    if (url == null) {
      return "this build of Tenon holds no native core for the platform: platform=" + platform;
    }
    try {
      link(file(url).toString());
    } catch (IOException | URISyntaxException e) {
      throw new TenonException(
          "Cannot unpack the native core: resource=%s, %s names a library that needs no unpacking"
              .formatted(url, PROPERTY),
          e);
    }
    return null;
  }

  /** The library as a file: where it is, or unpacked from its jar, or from a linked image. */
  private static Path file(URL url) throws IOException, URISyntaxException {
    if (url.getProtocol().equals("file")) {
      return Path.of(url.toURI());
    }
    return url.openConnection() instanceof JarURLConnection jar
        ? UnpackedLibrary.of(jar)
        : Loader.cacheResource(url).toPath();
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
      throw new TenonException(
          "Cannot load the native core: library=%s, reason=%s; %s names another"
              .formatted(path, e.getMessage(), PROPERTY),
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
