package dev.tenon.nativecore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
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
    return new Maker(seed).of(name);
  }

  /** Makes the keys of one seed, without looking the hash up for each. Not for several threads. */
  static final class Maker {
    private final MessageDigest digest;
    private final ByteBuffer head;
    private final ByteBuffer hash = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);

    Maker(long seed) {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("Every Java platform has SHA-256", e);
      }
      head = ByteBuffer.allocate(VERSION.length + 12).order(ByteOrder.LITTLE_ENDIAN);
      head.put(VERSION).putLong(seed);
    }

    PhiloxKey of(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      head.putInt(VERSION.length + 8, bytes.length);
      digest.update(head.array());
      digest.update(bytes);
      try {
        digest.digest(hash.array(), 0, 32);
      } catch (DigestException e) {
        throw new AssertionError("SHA-256 has 32 bytes", e);
      }
      return new PhiloxKey(hash.getLong(0), hash.getLong(8));
    }
  }
}
