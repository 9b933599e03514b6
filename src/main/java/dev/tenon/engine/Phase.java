package dev.tenon.engine;

/** The parts of a load that take time, in order. */
public enum Phase {
  /** Memory for what is not mapped. */
  ALLOCATE,
  /** Bytes of files: mapped, read, converted. */
  READ,
  /** Values of slots no file holds. */
  INIT,
  /** Ties bound by pointer, and the check that every slot is written. */
  TIE
}
