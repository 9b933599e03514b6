package dev.tenon.engine.start;

import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * A library in a jar.
 *
 * @param jar it is in
 * @param entry what it is there
 * @param url as JavaCPP finds it: with the name it is to have as its reference, if that is another
 * @param name of the file it becomes
 */
record NativeEntry(JarFile jar, JarEntry entry, URL url, String name) {
  /** Where JavaCPP has it once it is unpacked. */
  Path in(Path cache) {
    String jarName = new File(jar.getName()).getName();
    String inJar = entry.getName();
    return cache.resolve(jarName).resolve(inJar.substring(0, inJar.lastIndexOf('/'))).resolve(name);
  }
}
