package dev.tenon.skeleton.names;

import java.util.ArrayList;
import java.util.List;

/**
 * How tensors of a checkpoint become tensors of a model where the layouts differ, as data: several
 * sources into one target or one into several. At most one conversion acts on a key, after all
 * renamings.
 *
 * @param scope the sub-model it belongs to, as in {@link Renaming}
 * @param sources regular expressions for names in the checkpoint, in which {@code *.} stands for
 *     any index followed by a dot
 * @param targets what the matched part is replaced by, one for each tensor of the model; {@code *}
 *     is the index of a slice, {@code $1} the first group
 * @param operations what happens on the way in, in order
 */
public record Conversion(
    String scope, List<String> sources, List<String> targets, List<Operation> operations) {

  /** Copies the lists. */
  public Conversion {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
    operations = List.copyOf(operations);
  }

  /**
   * The way back, which saving in the checkpoint's layout takes: sources and targets exchanged, and
   * the inverse of each operation in reverse order. Anchors and look-around of a source pattern say
   * where it may be found, so they are left out of the name it becomes; a pattern with a group of
   * its own has no inverse name.
   */
  public Conversion inverse() {
    List<Operation> back = new ArrayList<>(operations.size());
    for (Operation operation : operations) {
      back.add(0, operation.inverse());
    }
    return new Conversion(scope, patterns(targets), names(sources), back);
  }

  private static List<String> patterns(List<String> names) {
    return names.stream().map(name -> name.replaceAll("\\.(?<!\\*\\.)", "\\\\.")).toList();
  }

  private static List<String> names(List<String> patterns) {
    return patterns.stream()
        .map(pattern -> pattern.replaceAll("\\(\\?<?[=!][^)]*\\)|^\\^|\\$$", ""))
        .map(pattern -> pattern.replace("\\", ""))
        .toList();
  }

  /** One change of layout. Each has an inverse, which saving uses. */
  public sealed interface Operation {
    /** What undoes this operation. */
    Operation inverse();

    /** The tensors of all indices, in natural order, stacked along a new dimension. */
    record Stack(int dim) implements Operation {
      @Override
      public Operation inverse() {
        return new Unstack(dim);
      }
    }

    /** A tensor cut along a dimension into slices of one index each, the inverse of stacking. */
    record Unstack(int dim) implements Operation {
      @Override
      public Operation inverse() {
        return new Stack(dim);
      }
    }

    /** The sources' tensors joined along an existing dimension, in the order of the patterns. */
    record Concatenate(int dim) implements Operation {
      @Override
      public Operation inverse() {
        return new Chunk(dim);
      }
    }

    /** One tensor cut into equal parts along a dimension, one for each target. */
    record Chunk(int dim) implements Operation {
      @Override
      public Operation inverse() {
        return new Concatenate(dim);
      }
    }

    /**
     * In each of {@code groups} equal runs along a dimension the even indices come first, then the
     * odd ones: pairs that rotate together, as a complex number's parts, become two halves.
     *
     * @param lanes the tensors this is done to, by their place among the targets or sources; empty
     *     for all
     */
    record Deinterleave(int dim, int groups, List<Integer> lanes) implements Operation {
      /** Copies the list. */
      public Deinterleave {
        lanes = List.copyOf(lanes);
      }

      @Override
      public Operation inverse() {
        return new Interleave(dim, groups, lanes);
      }
    }

    /** In each run the two halves take turns, the inverse of {@link Deinterleave}. */
    record Interleave(int dim, int groups, List<Integer> lanes) implements Operation {
      /** Copies the list. */
      public Interleave {
        lanes = List.copyOf(lanes);
      }

      @Override
      public Operation inverse() {
        return new Deinterleave(dim, groups, lanes);
      }
    }

    /** Two dimensions exchanged. */
    record Transpose(int first, int second) implements Operation {
      @Override
      public Operation inverse() {
        return this;
      }
    }
  }
}
