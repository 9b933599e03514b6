package dev.tenon;

/** What plain weights are packed into as they are saved. */
public enum Quantise {
  /**
   * Linear layers as 8-bit floats with a scale for each block of 128 × 128, as DeepSeek and Qwen
   * release them; embeddings, heads, norms and routers stay as they are.
   */
  FP8_BLOCKS("fp8-blocks");

  private final String word;

  Quantise(String word) {
    this.word = word;
  }

  /** As the command line has it. */
  @Override
  public String toString() {
    return word;
  }
}
