package dev.tenon.plan.save;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.NaturalOrder;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Claim;
import dev.tenon.plan.Matching;
import dev.tenon.plan.Planner;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** What a save writes, decided before a byte is written. Pure, as {@link Planner} is. */
public final class SavePlan {
  private SavePlan() {}

  /** A slot as a model holds it; in a {@link Piece} its name says which one it is. */
  public static TensorEntry slot(String name, DType dtype, Shape shape) {
    return new TensorEntry(name, dtype, shape, Path.of(""), 0, null);
  }

  /**
   * The tensors of a checkpoint that loads into the model again. Unlike the reference's, a dialect
   * in which some name would not lead back to its slot is not used: all names are the model's own
   * then.
   *
   * @param skeleton the model
   * @param dialect the names and layouts to save it in
   * @param slots those to be saved, as {@link #slot} has them
   * @return the tensors, in the reference's order
   * @throws TenonException if not even the model's own names lead back
   */
  public static List<StoredTensor> of(Skeleton skeleton, Dialect dialect, List<TensorEntry> slots) {
    List<TensorEntry> ordered = inOrder(slots);
    if (!dialect.isOwn()) {
      try {
        List<StoredTensor> spelled = Respelling.of(skeleton, dialect, ordered);
        if (lost(skeleton, ordered, spelled) == null) {
          return spelled;
        }
      } catch (TenonException e) {
        // Its tensors are none that the dialect's conversions could have made.
        return own(skeleton, ordered);
      }
    }
    return own(skeleton, ordered);
  }

  /**
   * Slots that need not be stored, since the ties of the model bring their tensors in again: the
   * target of each tie whose two sides hold one tensor, or equal ones.
   *
   * @param index by name, the slots that are stored if not repeated
   * @param ties declared ties, those that were parted included: equal again, they load as one
   * @param same whether two slots hold the same values
   */
  public static Set<Integer> repeated(
      Map<String, Integer> index, List<Tie> ties, BiPredicate<Integer, Integer> same) {
    Map<Integer, Integer> groups = new HashMap<>();
    Set<Integer> repeated = new HashSet<>();
    for (Tie tie : ties) {
      Integer target = index.get(tie.target());
      Integer source = index.get(tie.source());
      if (target == null || source == null) {
        continue;
      }
      int one = root(groups, target);
      int other = root(groups, source);
      if (one != other && same.test(target, source)) {
        groups.put(one, other);
        repeated.add(target);
      }
    }
    return repeated;
  }

  private static int root(Map<Integer, Integer> groups, int slot) {
    int at = slot;
    for (Integer next = slot; next != null; next = groups.get(at)) {
      at = next;
    }
    return at;
  }

  private static List<StoredTensor> own(Skeleton skeleton, List<TensorEntry> ordered) {
    List<StoredTensor> own =
        ordered.stream().map(slot -> Respelling.whole(slot.name(), slot)).toList();
    String lost = lost(skeleton, ordered, own);
    if (lost != null) {
      throw new TenonException(
          "A checkpoint of this model would not load again, since names in it stand for others:"
              + " tensor=%s, class=%s".formatted(lost, skeleton.className()));
    }
    return own;
  }

  /** The first slot that a load of these tensors would not make of the tensors it went into. */
  private static @Nullable String lost(
      Skeleton skeleton, List<TensorEntry> slots, List<StoredTensor> stored) {
    Map<String, Set<String>> went = new HashMap<>();
    List<TensorEntry> entries = new ArrayList<>(stored.size());
    for (StoredTensor tensor : stored) {
      entries.add(slot(tensor.name(), tensor.dtype(), tensor.shape()));
      for (Piece piece : tensor.pieces()) {
        went.computeIfAbsent(piece.entry().name(), name -> new HashSet<>()).add(tensor.name());
      }
    }
    if (skeleton.className().isEmpty()) {
      return null; // A model of its files' own names is loaded by those again.
    }
    @Nullable Claim[] claims =
        Matching.of(skeleton, new SlotNames(skeleton), inOrder(entries)).claims();
    Map<String, Integer> index = skeleton.index();
    for (TensorEntry slot : slots) {
      Integer at = index.get(slot.name());
      Claim claim = at == null ? null : claims[at];
      if (claim == null
          || !claim.shape().equals(slot.shape())
          || !claim.keys().equals(went.get(slot.name()))) {
        return slot.name();
      }
    }
    return null;
  }

  private static List<TensorEntry> inOrder(List<TensorEntry> entries) {
    List<TensorEntry> ordered = new ArrayList<>(entries);
    ordered.sort((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()));
    return ordered;
  }
}
