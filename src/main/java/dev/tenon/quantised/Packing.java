package dev.tenon.quantised;

/**
 * How a weight is packed, as far as it is known.
 *
 * @param scheme the scheme's name, such as {@code gptq}
 * @param bits how many bits hold a number, or 0 where neither shapes nor config tell
 * @param group how many numbers share a scale: {@code 128} along the input dimension, {@code
 *     128x128} in both, {@code row}, {@code tensor}; empty where neither shapes nor config tell
 */
public record Packing(String scheme, int bits, String group) {
  /** Whatever shares one scale for each output row. */
  static final String ROW = "row";

  /** One scale for all numbers of a weight. */
  static final String TENSOR = "tensor";

  /** Nothing is known but the scheme. */
  public static Packing of(String scheme) {
    return new Packing(scheme, 0, "");
  }

  /** In a few words, such as {@code gptq 4 bits g128}. */
  @Override
  public String toString() {
    String size = bits == 0 ? "" : " " + bits + (bits == 1 ? " bit" : " bits");
    String by =
        group.isEmpty() ? "" : Character.isDigit(group.charAt(0)) ? " g" + group : " by " + group;
    return scheme + size + by;
  }
}
