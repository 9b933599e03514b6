package dev.tenon.plan.tie;

import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Claim;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who owns the tensor of each tied slot, by what the files hold.
 *
 * <p>The group's owner is the first slot, from its root outwards, that the files hold: the source
 * if it is there, else the first declared target. A slot the files do not hold takes the tensor of
 * the nearest one above it that they do, else the owner's. A slot they do hold is compared with
 * what it would have taken.
 */
public final class TieDecisions {
  private final @Nullable Claim[] claims;
  private final int[] owners;
  private final int[] providers;
  private final List<TieCandidate> candidates = new ArrayList<>();
  private final List<List<Integer>> absent = new ArrayList<>();

  private TieDecisions(@Nullable Claim[] claims) {
    this.claims = claims;
    this.owners = Owners.none(claims.length);
    this.providers = new int[claims.length];
  }

  /**
   * Decides all groups.
   *
   * @param claims what the files offer for each slot, null for nothing or nothing that fits
   */
  public static TieDecisions of(TieForest forest, @Nullable Claim[] claims) {
    TieDecisions decisions = new TieDecisions(claims);
    for (List<Integer> group : forest.groups()) {
      decisions.decide(forest, group);
    }
    return decisions;
  }

  /** Who owns each slot's tensor, as {@link Owners} has it. */
  public int[] owners() {
    return owners;
  }

  public List<TieCandidate> candidates() {
    return candidates;
  }

  /** Whether a slot's tensor comes from a file. */
  public boolean held(int slot) {
    return claims[Owners.find(owners, slot)] != null;
  }

  /** A warning for each group of which the files hold nothing. */
  public List<String> warnings(List<Slot> slots) {
    List<String> warnings = new ArrayList<>();
    for (List<Integer> group : absent) {
      warnings.add(
          "The files hold none of these tied slots, which share one initialised tensor: tensors="
              + group.stream().map(slot -> slots.get(slot).name()).toList());
    }
    return warnings;
  }

  private void decide(TieForest forest, List<Integer> group) {
    int owner = firstHeld(group);
    if (owner < 0) {
      owner = group.get(0);
      absent.add(group);
    }
    for (int slot : group) {
      int parent = forest.parent(slot);
      int offered = parent < 0 ? owner : providers[parent];
      boolean held = claims[slot] != null;
      providers[slot] = held ? slot : offered;
      if (!held || slot == owner || sameBytes(slot, offered)) {
        owners[slot] = offered;
      } else {
        candidates.add(new TieCandidate(slot, offered, forest.declared(slot)));
      }
    }
  }

  private int firstHeld(List<Integer> group) {
    for (int slot : group) {
      if (claims[slot] != null) {
        return slot;
      }
    }
    return -1;
  }

  /** Whether two slots are read from the very same place: a torch file stores a tie once. */
  private boolean sameBytes(int slot, int other) {
    return claims[slot] instanceof Claim.Whole one
        && claims[other] instanceof Claim.Whole two
        && samePlace(one.entry(), two.entry());
  }

  private static boolean samePlace(Stored one, Stored two) {
    return one instanceof TensorEntry
        && new TensorEntry(
                two.name(), one.dtype(), one.shape(), one.file(), one.offset(), one.strides())
            .equals(two);
  }
}
