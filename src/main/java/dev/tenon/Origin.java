package dev.tenon;

/** How a slot of a model got its bytes. */
public enum Origin {
  /** From a file, bit for bit. */
  LOADED,
  /** From a file, in another dtype or put together from several tensors. */
  CONVERTED,
  /** It shares another slot's tensor. */
  TIED,
  /** No file has it: an initialiser wrote it. */
  INITIALIZED,
  /** Never stored: computed from the config. */
  COMPUTED
}
