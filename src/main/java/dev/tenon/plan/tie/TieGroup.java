package dev.tenon.plan.tie;

import java.util.List;

/**
 * Names that share one tensor.
 *
 * @param owner index of the slot whose step brings the tensor in
 * @param members indices of all slots of the group, the owner's included, in slot order
 */
public record TieGroup(int owner, List<Integer> members) {

  /** Copies the list. */
  public TieGroup {
    members = List.copyOf(members);
  }
}
