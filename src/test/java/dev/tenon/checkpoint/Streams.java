package dev.tenon.checkpoint;

import java.util.HexFormat;

/** Files in torch's format before 1.6, put together by hand. */
public final class Streams {
  /** The magic number, the version and a little-endian machine, as pickles. */
  private static final byte[] HEADER =
      HexFormat.of()
          .parseHex(
              "80028a0a6cfc9c46f9206aa850192e"
                  + "80024de9032e"
                  + "80027d580d0000006c6974746c655f656e6469616e88732e");

  private Streams() {}

  /** A file of this header and what follows: the dictionary, the keys, the storages. */
  public static byte[] of(byte[] rest) {
    byte[] bytes = new byte[HEADER.length + rest.length];
    System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
    System.arraycopy(rest, 0, bytes, HEADER.length, rest.length);
    return bytes;
  }
}
