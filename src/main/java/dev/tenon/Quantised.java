package dev.tenon;

/** What becomes of weights that a checkpoint holds packed. */
public enum Quantised {
  /** They are unpacked into the model's dtype, and are tensors like any other. */
  UNPACK,
  /**
   * They stay as the files hold them: the tensors that a weight is packed into stand in its place,
   * mapped, and {@link Model#packed} says what they are. Plain tensors keep the dtype they have in
   * the files too, unless {@link LoadOptions#dtype} asks for another.
   */
  KEEP
}
