package dev.tenon.checkpoint.torch;

/** Why a pickle is refused, in a sentence; the reader of the file adds which file it was. */
final class PickleFault extends Exception {
  private static final long serialVersionUID = 1L;

  PickleFault(String reason) {
    super(reason);
  }
}
