package dev.tenon.nativecore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which of Philox's streams a parameter draws from. It follows from the stream version, the seed
 * and the parameter's name alone, so that no parameter's values depend on another's.
 *
 * <p>The two words are the first 128 bits of SHA-256 over {@code "tenon-philox-1"} in ASCII, the
 * seed in 8 bytes, the length of the name in UTF-8 in 4 bytes, and the name; numbers are
 * little-endian.
 *
 * @param key the cipher's key
 * @param stream the upper half of its counter; the lower is an element's index divided by 4
 */
public record PhiloxKey(long key, long stream) {
  private static final byte[] VERSION = "tenon-philox-1".getBytes(StandardCharsets.US_ASCII);

  /**
   * The stream of a parameter.
   *
   * @param seed any number
   * @param name the parameter's name in the checkpoint, unfused; a tied group goes by its owner's
   */
  public static PhiloxKey of(long seed, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer hashed =
        ByteBuffer.allocate(VERSION.length + 12 + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(VERSION)
            .putLong(seed)
            .putInt(bytes.length)
            .put(bytes);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(hashed.array());
      ByteBuffer words = ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN);
      return new PhiloxKey(words.getLong(), words.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256", e);
    }
  }
}
