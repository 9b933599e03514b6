package dev.tenon.engine;

/**
 * How a slot got its bytes.
 *
 * @param kind in what way
 * @param from the file's name, and how the weight was packed; the rule, or the name whose tensor it
 *     shares
 */
public record SlotOrigin(Kind kind, String from) {

  /** Ways to get bytes. */
  public enum Kind {
    /** From a file, bit for bit, or unpacked from what stands for it. */
    LOADED,
    /** From a file, in another dtype or put together from several tensors. */
    CONVERTED,
    /** Shares another slot's tensor. */
    TIED,
    /** No file has it: a rule or a user's initialiser wrote it. */
    INITIALIZED,
    /** Computed from the config. */
    COMPUTED
  }
}
