package dev.tenon.hub.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hash the hub gives a file as its {@code ETag}, and the cache its blob as a name: SHA-256 of
 * the bytes where they are in large-file storage, else SHA-1 as git takes it.
 *
 * @param hex 64 or 40 lower-case digits
 */
public record ContentHash(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int SHA256_DIGITS = 64;

  /** Reads an {@code ETag}, weak or not; null if it is no hash of the contents. */
  public static @Nullable ContentHash ofEtag(String etag) {
    String hex = etag.replaceFirst("^W/", "").replace("\"", "");
    return HEX.matcher(hex).matches() ? new ContentHash(hex) : null;
  }

  /**
   * What the bytes are to be fed to.
   *
   * @param size how many there are, which git's hash begins with
   */
  public MessageDigest begin(long size) {
    try {
      if (hex.length() == SHA256_DIGITS) {
        return MessageDigest.getInstance("SHA-256");
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(("blob " + size + '\0').getBytes(StandardCharsets.US_ASCII));
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has both.
    }
  }
}
