package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.TensorEntry;

/**
 * A matrix of codes.
 *
 * @param entry whose bytes hold them
 * @param layout where in these
 * @param rows at least 1
 * @param columns at least 1
 */
public record Codes(TensorEntry entry, Layout layout, long rows, long columns) {

  /**
   * Checks that the entry has all of them.
   *
   * @throws IllegalArgumentException if it has not, or its elements do not lie side by side
   */
  public Codes {
    if (!entry.contiguous()) {
      throw new IllegalArgumentException("the elements of " + entry.name() + " lie apart");
    }
    if (rows < 1 || columns < 1 || layout.bytes(rows, columns) > entry.bytes()) {
      throw new IllegalArgumentException(
          entry.name()
              + " has "
              + entry.bytes()
              + " bytes, too few for "
              + rows
              + " x "
              + columns
              + " codes of "
              + layout.bits()
              + " bits");
    }
  }
}
