package dev.tenon.checkpoint.gguf;

import java.util.List;

/**
 * A list in a GGUF file's metadata.
 *
 * @param count how many items it has
 * @param values the items if they are numbers or flags and not too many, else none: vocabularies
 *     are not kept
 */
public record GgufArray(long count, List<Object> values) {
  /** Copies the list. */
  public GgufArray {
    values = List.copyOf(values);
  }

  private static final int FEW = 16;

  /** {@return the items if they are few, else how many there are} */
  @Override
  public String toString() {
    return values.size() == count && count <= FEW ? values.toString() : "[" + count + " items]";
  }
}
