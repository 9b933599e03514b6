package dev.tenon.quantised.gguf;

/** What a conversion to GGUF has done to a tensor, and is undone. */
enum Change {
  /** Nothing. */
  NONE,
  /** Rows of queries: within each head those of its two halves are in turn. */
  QUERY_ROWS,
  /** The same of keys, which may have fewer heads. */
  KEY_ROWS,
  /** One was added to each number. */
  PLUS_ONE,
  /** Rows have become columns. */
  TRANSPOSED,
  /** The matrices of all experts were put on top of each other. */
  STACKED
}
