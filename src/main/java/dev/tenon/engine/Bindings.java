package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Skeleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Which slots share a tensor: one Java object and one pointer for all names of a tie group. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Bindings {
  private Bindings() {}

  /** The owner of each slot's tensor; a slot in no group owns its own. */
  static int[] owners(int slots, List<TieGroup> groups) {
    int[] owners = new int[slots];
    for (int i = 0; i < slots; i++) {
      owners[i] = i;
    }
    for (TieGroup group : groups) {
      group.members().forEach(member -> owners[member] = group.owner());
    }
    return owners;
  }

  /** What is left of groups in which only some slots count. */
  static List<TieGroup> among(List<TieGroup> groups, IntPredicate counts) {
    List<TieGroup> left = new ArrayList<>(groups.size());
    for (TieGroup group : groups) {
      List<Integer> members = group.members().stream().filter(counts::test).toList();
      if (members.size() > 1) {
        int owner = counts.test(group.owner()) ? group.owner() : members.get(0);
        left.add(new TieGroup(owner, members));
      }
    }
    return List.copyOf(left);
  }

  /**
   * Checks that every group has one tensor, and no two groups the same.
   *
   * @throws TenonException if a tie does not hold; it names both sides
   */
  static void verify(Skeleton skeleton, List<TieGroup> groups, Tensor[] tensors) {
    for (TieGroup group : groups) {
      Tensor owner = tensors[group.owner()];
      for (int member : group.members()) {
        if (tensors[member] != owner) {
          throw new TenonException(
              "Tied names do not share a tensor: slot="
                  + skeleton.slots().get(member).name()
                  + ", owner="
                  + skeleton.slots().get(group.owner()).name());
        }
      }
    }
  }

  /**
   * The tensors under other ties: members take their owner's, and a tensor whose sharers part is
   * copied for all but the first; a slot without a tensor stays without. The array handed in is
   * left as it is.
   *
   * @throws TenonException if tied slots differ in shape
   */
  static Tensor[] rebound(Skeleton skeleton, List<TieGroup> groups, Tensor[] tensors) {
    requireSameShapes(skeleton, groups);
    int[] owners = owners(tensors.length, groups);
    Tensor[] bound = new Tensor[tensors.length];
    Set<Tensor> taken = identitySet(tensors.length);
    List<Tensor> copies = new ArrayList<>();
    try {
      for (int i = 0; i < tensors.length; i++) {
        int owner = owners[i];
        if (bound[owner] == null) {
          Tensor tensor = tensors[owner];
          if (tensor != null && !taken.add(tensor)) {
            tensor = copy(tensor);
            copies.add(tensor);
          }
          bound[owner] = tensor;
        }
        bound[i] = bound[owner];
      }
      return bound;
    } catch (Throwable failure) {
      copies.forEach(Tensor::deallocate);
      throw failure;
    }
  }

  private static Tensor copy(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard none = new NoGradGuard();
      Tensor copy = tensor.detach().clone();
      copy.set_requires_grad(tensor.requires_grad());
      return Tensors.kept(copy);
    }
  }

  private static void requireSameShapes(Skeleton skeleton, List<TieGroup> groups) {
    for (TieGroup group : groups) {
      var owner = skeleton.slots().get(group.owner());
      for (int member : group.members()) {
        var slot = skeleton.slots().get(member);
        if (!slot.shape().equals(owner.shape())) {
          throw new TenonException(
              "Slots of different shapes cannot be tied: slot="
                  + slot.name()
                  + ", shape="
                  + slot.shape()
                  + ", owner="
                  + owner.name()
                  + ", ownerShape="
                  + owner.shape());
        }
      }
    }
  }

  /** Frees each tensor of the first array once, unless the second has it too. */
  public static void free(Tensor[] tensors, Tensor[] kept) {
    Set<Tensor> done = identitySet(tensors.length + kept.length);
    Collections.addAll(done, kept);
    for (Tensor tensor : tensors) {
      if (tensor != null && done.add(tensor)) {
        tensor.deallocate();
      }
    }
  }

  private static Set<Tensor> identitySet(int size) {
    return Collections.newSetFromMap(new IdentityHashMap<>(size));
  }
}
