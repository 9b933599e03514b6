package dev.tenon;

/** Where the bytes of loaded tensors live on the CPU. */
public enum Residency {
  /**
   * Mapped from the file: a page comes in when it is first touched. The file must stay as it is:
   * where it is cut while the model is in use, the next access beyond its end ends the process with
   * SIGBUS, and where it is written to in place, tensors may change. Replacing it by renaming
   * another file over it does no harm. {@link Model#verify()} says what happened.
   */
  MMAP,
  /**
   * Mapped, and every page brought in, so that no fault is left for the first request. As with
   * {@link #MMAP}, the file must stay as it is.
   */
  POPULATE,
  /**
   * In memory of their own. The file may change or go afterwards, and if it does so during the load
   * that ends with a {@link TenonException}, whatever happens to the file.
   */
  COPY
}
