package dev.tenon.nativecore;

/** Philox4x32-10 as the paper writes it, one word at a time. */
final class ReferencePhilox {
  private ReferencePhilox() {}

  /** The 32 bits an element is made from; the pair of a normal is those of {@code index ^ 1}. */
  static long word(PhiloxKey key, long index) {
    return block(key.key(), index / 4, key.stream())[(int) (index % 4)];
  }

  static long[] block(long key, long counterLow, long counterHigh) {
    long[] c = {low(counterLow), counterLow >>> 32, low(counterHigh), counterHigh >>> 32};
    long k0 = low(key);
    long k1 = key >>> 32;
    for (int round = 0; round < 10; round++) {
      long p0 = 0xD2511F53L * c[0];
      long p1 = 0xCD9E8D57L * c[2];
      c = new long[] {p1 >>> 32 ^ c[1] ^ k0, low(p1), p0 >>> 32 ^ c[3] ^ k1, low(p0)};
      k0 = low(k0 + 0x9E3779B9L);
      k1 = low(k1 + 0xBB67AE85L);
    }
    return c;
  }

  private static long low(long x) {
    return x & 0xffffffffL;
  }
}
