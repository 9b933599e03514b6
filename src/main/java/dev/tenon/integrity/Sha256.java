package dev.tenon.integrity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a file's bytes. */
final class Sha256 implements FilePass.Sink {
  private final MessageDigest digest;

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has it", e);
    }
  }

  @Override
  public void accept(byte[] bytes, int length, long position) {
    digest.update(bytes, 0, length);
  }

  /** The digest of all bytes, once; 64 hexadecimal digits in lower case. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
