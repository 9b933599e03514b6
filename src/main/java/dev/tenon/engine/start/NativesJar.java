package dev.tenon.engine.start;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The jar that holds a binding's libraries for one platform.
 *
 * @param jar open, and JavaCPP's as much as anybody's
 * @param binding the binding's own library in it
 * @param folder the libraries' folder, without a slash at its end
 */
record NativesJar(JarFile jar, URL binding, String folder) {
  /**
   * The jar that holds a library.
   *
   * @param folder where libraries are in it
   * @param library the binding's own
   * @return null if there is no such jar on the loader's path
   */
  static @Nullable NativesJar of(ClassLoader loader, String folder, String library)
      throws IOException {
    URL url = loader.getResource(folder + "/" + System.mapLibraryName(library));
    return url != null && url.openConnection() instanceof JarURLConnection connection
        ? new NativesJar(connection.getJarFile(), url, folder)
        : null;
  }

  /**
   * A library of this jar.
   *
   * @param name as a binding writes it: {@code name}, {@code name@version}, or one of these, {@code
   *     #} and the name it is to be linked by
   * @return null if it is not in this jar
   */
  @Nullable NativeEntry find(String name) throws IOException {
    String[] names = name.split("#");
    String file = file(names[0]);
    JarEntry entry = jar.getJarEntry(folder + "/" + file);
    if (entry == null) {
      return null;
    }
    URL url = new URL(binding, file);
    if (names.length == 1) {
      return new NativeEntry(jar, entry, url, file);
    }
    String linkedAs = file(names[1]);
    return new NativeEntry(jar, entry, new URL(url + "#" + linkedAs), linkedAs);
  }

  /** As Linux has it: the version comes last. */
  private static String file(String name) {
    int at = name.indexOf('@');
    return at < 0
        ? System.mapLibraryName(name)
        : System.mapLibraryName(name.substring(0, at)) + name.substring(at + 1);
  }
}
