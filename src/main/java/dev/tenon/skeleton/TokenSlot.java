package dev.tenon.skeleton;

import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A slot that has a row for each token of the vocabulary: an embedding, an output head, its bias.
 *
 * @param slot its index
 * @param dim the dimension that counts tokens
 */
public record TokenSlot(int slot, int dim) {

  /**
   * The slots of a model that differ from those of another with {@code tokens} tokens in that size
   * alone.
   *
   * @param other of the same class and config but for the size of the vocabulary
   */
  public static List<TokenSlot> between(Skeleton model, Skeleton other, long tokens) {
    List<TokenSlot> found = new ArrayList<>();
    for (int i = 0; i < model.slots().size(); i++) {
      int dim = Arrays.mismatch(shape(model, i).dims(), shape(other, i).dims());
      if (dim >= 0 && shape(model, i).with(dim, tokens).equals(shape(other, i))) {
        found.add(new TokenSlot(i, dim));
      }
    }
    return found;
  }

  private static Shape shape(Skeleton skeleton, int slot) {
    return skeleton.slots().get(slot).shape();
  }
}
