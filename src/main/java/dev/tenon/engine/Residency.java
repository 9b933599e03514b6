package dev.tenon.engine;

/** Where the bytes of loaded tensors live on the CPU. */
public enum Residency {
  /** Mapped from the file: a page comes in when it is first touched. */
  MMAP,
  /** Mapped, and every page of every loaded tensor brought in. */
  POPULATE,
  /** In memory of their own: the file may change or go afterwards. */
  COPY
}
