package dev.tenon;

import java.util.Objects;

/**
 * How far to check weight files. Immutable.
 *
 * @param data whether to read every byte, which finds what the storage cannot give back
 * @param nonFinite whether to count NaN and infinity too; means {@code data}
 * @param progress told how far it is, in a phase {@code read}
 */
public record VerifyOptions(boolean data, boolean nonFinite, LoadProgress progress) {

  /** Counting means reading. */
  public VerifyOptions {
    data |= nonFinite;
    Objects.requireNonNull(progress);
  }

  /** Headers and indices alone. */
  public static VerifyOptions headers() {
    return new VerifyOptions(false, false, LoadProgress.NONE);
  }

  /** Every byte. */
  public static VerifyOptions everyByte() {
    return new VerifyOptions(true, false, LoadProgress.NONE);
  }

  /** Every byte, and which tensors hold NaN or infinity. */
  public static VerifyOptions everyValue() {
    return new VerifyOptions(true, true, LoadProgress.NONE);
  }

  /** These options with somebody to be told how far it is. */
  public VerifyOptions withProgress(LoadProgress progress) {
    return new VerifyOptions(data, nonFinite, progress);
  }
}
