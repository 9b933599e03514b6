package dev.tenon.plan.save;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.NaturalOrder;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.Spelling;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a parameter's name stands for in a model: a slot, or where the name is that of an
 * older version of the class, the parts of slots its checkpoints keep under it. For one thread.
 */
public final class ModuleNames {
  private final Skeleton skeleton;
  private final Map<String, Integer> index;
  private final List<Spelling> spellings;
  private @Nullable Map<String, StoredTensor> older;

  /** The names of a model. */
  public ModuleNames(Skeleton skeleton) {
    this.skeleton = skeleton;
    this.index = skeleton.index();
    this.spellings = Spelling.of(skeleton.renamings(), skeleton.basePrefix());
  }

  /**
   * Looks a name up.
   *
   * @return the boxes of slots, each piece's entry, that it stands for; or null if for none
   */
  public @Nullable StoredTensor find(String name) {
    Integer slot = index.get(name);
    if (slot != null) {
      return Respelling.whole(name, entry(skeleton.slots().get(slot)));
    } else if (skeleton.renamings().isEmpty() && skeleton.conversions().isEmpty()) {
      return null;
    }
    if (older == null) {
      older = older();
    }
    return older.get(Spelling.applyAll(spellings, name));
  }

  /** The slot of a piece's entry. */
  public int slot(Piece piece) {
    return index.get(piece.entry().name());
  }

  private Map<String, StoredTensor> older() {
    List<TensorEntry> slots = new ArrayList<>();
    for (Slot slot : skeleton.slots()) {
      slots.add(entry(slot));
    }
    slots.sort((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()));
    Map<String, StoredTensor> named = new HashMap<>();
    try {
      for (StoredTensor stored : Respelling.of(skeleton, Dialect.usual(skeleton), slots)) {
        named.put(Spelling.applyAll(spellings, stored.name()), stored);
      }
    } catch (TenonException e) {
      return Map.of(); // Its slots are none that its conversions could have made.
    }
    return named;
  }

  private static TensorEntry entry(Slot slot) {
    return SavePlan.slot(slot.name(), slot.dtype(), slot.shape());
  }
}
