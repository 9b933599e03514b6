package dev.tenon.hub;

import dev.tenon.hub.cache.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A blob of the hub's cache, which is named by the hash of its bytes. Nobody looks whether they
 * still have it, unless asked: reading a model takes less time than hashing it.
 *
 * @param file the blob
 * @param hex the hash in its name: 64 digits of SHA-256, or 40 of SHA-1 as git takes it
 */
public record CachedBlob(Path file, String hex) {
  private static final Pattern BLOBS = Pattern.compile("models--.+");

  /** As many links as systems follow. */
  private static final int MOST_LINKS = 40;

  /**
   * The blob that a path is, or leads to by links.
   *
   * @return null if it is none; a file may be in the cache without a blob, where there are no links
   */
  public static @Nullable CachedBlob of(Path path) {
    Path at = path.toAbsolutePath();
    try {
      for (int links = 0; links < MOST_LINKS; links++) {
        String name = at.getFileName().toString();
        Path directory = at.getParent().toRealPath();
        if (ContentHash.ofEtag(name) != null && isBlobs(directory)) {
          return new CachedBlob(at, name);
        } else if (!Files.isSymbolicLink(at)) {
          return null;
        }
        at = directory.resolve(Files.readSymbolicLink(at)).normalize();
      }
    } catch (IOException e) {
      // Whoever reads the file says so.
    }
    return null;
  }

  private static boolean isBlobs(Path directory) {
    Path model = directory.getParent();
    return directory.endsWith("blobs")
        && model != null
        && BLOBS.matcher(String.valueOf(model.getFileName())).matches();
  }

  /**
   * {@return what the bytes are to be fed to, to have the hash}
   *
   * @throws IOException if the file's size, which git's hash begins with, cannot be told
   */
  public MessageDigest begin() throws IOException {
    return new ContentHash(hex).begin(Files.size(file));
  }
}
