package dev.tenon.plan.names;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Renaming;
import java.util.ArrayList;
import java.util.List;

/**
 * How a checkpoint's names and layouts differ from the model's own, so that it can be saved as it
 * came. Immutable.
 *
 * @param renamings those its keys needed, in the order they are tried
 * @param conversions those its tensors needed, in the order they are tried
 */
public record Dialect(List<Renaming> renamings, List<Conversion> conversions) {
  /** The model's own names and layouts. */
  public static final Dialect OWN = new Dialect(List.of(), List.of());

  /** Copies the lists. */
  public Dialect {
    renamings = List.copyOf(renamings);
    conversions = List.copyOf(conversions);
  }

  /**
   * What checkpoints of a model look like that none was loaded for: as its family says, but for
   * prefixes, of which nothing says whether they were there.
   */
  public static Dialect usual(Skeleton skeleton) {
    List<Renaming> renamings = new ArrayList<>();
    for (Renaming renaming : skeleton.renamings()) {
      if (!renaming.changesPrefix()) {
        renamings.add(renaming);
      }
    }
    return new Dialect(renamings, skeleton.conversions());
  }

  public boolean isOwn() {
    return renamings.isEmpty() && conversions.isEmpty();
  }
}
