package dev.tenon.skeleton;

import java.util.List;

/**
 * How tensors of a checkpoint become tensors of a model where the layouts differ, as data: several
 * sources into one target or one into several. At most one conversion acts on a key, after all
 * renamings.
 *
 * @param scope the sub-model it belongs to, as in {@link Renaming}
 * @param sources regular expressions for names in the checkpoint, in which {@code *.} stands for
 *     any index followed by a dot
 * @param targets what the matched part is replaced by, one for each tensor of the model
 * @param operations what happens on the way in, in order
 */
public record Conversion(
    String scope, List<String> sources, List<String> targets, List<Operation> operations) {

  /** One change of layout. Each has an inverse, which saving uses. */
  public sealed interface Operation {
    /** The tensors of all indices, in natural order, stacked along a new dimension. */
    record Stack(int dim) implements Operation {}

    /** A tensor cut along a dimension into slices of one index each, the inverse of stacking. */
    record Unstack(int dim) implements Operation {}

    /** The sources' tensors joined along an existing dimension, in the order of the patterns. */
    record Concatenate(int dim) implements Operation {}

    /** One tensor cut into equal parts along a dimension, one for each target. */
    record Chunk(int dim) implements Operation {}

    /** Two dimensions exchanged. */
    record Transpose(int first, int second) implements Operation {}
  }
}
