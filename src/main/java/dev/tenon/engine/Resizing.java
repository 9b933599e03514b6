package dev.tenon.engine;

import dev.tenon.engine.init.TokenRows;
import dev.tenon.engine.torch.Preflight;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.TokenSlot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A model with more tokens or fewer: one new tensor for all slots that share one.
 *
 * @param skeleton the slots in their new sizes
 * @param tensors one a slot; those that count no tokens are the old ones
 */
record Resizing(Skeleton skeleton, Tensor[] tensors) {

  /** Leaves the tensors handed in as they are; what it has made is freed if it fails. */
  static Resizing of(
      Skeleton skeleton,
      List<TieGroup> ties,
      Tensor[] tensors,
      List<TokenSlot> tokenSlots,
      long tokens,
      long seed) {
    int[] owners = Bindings.owners(tensors.length, ties);
    int[] dims = dims(owners, tokenSlots);
    Preflight.check(bytes(skeleton, dims, owners, tensors, tokens));
    List<Slot> slots = new ArrayList<>(skeleton.slots());
    Tensor[] resized = tensors.clone();
    try (TokenRows rows = new TokenRows(seed)) {
      for (int i = 0; i < dims.length; i++) {
        int dim = dims[owners[i]];
        if (dim < 0) {
          continue;
        }
        Slot slot = slots.get(i);
        if (slot.shape().dim(dim) == tokens) {
          continue;
        }
        slots.set(i, slot.withShape(slot.shape().with(dim, tokens)));
        int owner = owners[i];
        if (tensors[owner] != null && resized[owner] == tensors[owner]) {
          resized[owner] = rows.resized(tensors[owner], dim, tokens, slot.isParameter());
        }
        resized[i] = resized[owner];
      }
      return new Resizing(skeleton.withSlots(slots), resized);
    } catch (Throwable failure) {
      Bindings.free(resized, tensors);
      throw failure;
    }
  }

  /** By owner, the dimension that counts tokens, or -1. */
  private static int[] dims(int[] owners, List<TokenSlot> tokenSlots) {
    int[] dims = new int[owners.length];
    Arrays.fill(dims, -1);
    tokenSlots.forEach(token -> dims[owners[token.slot()]] = token.dim());
    return dims;
  }

  /** Bytes of memory the new tensors take on the CPU. */
  private static long bytes(
      Skeleton skeleton, int[] dims, int[] owners, Tensor[] tensors, long tokens) {
    long bytes = 0;
    for (int i = 0; i < dims.length; i++) {
      if (owners[i] == i && dims[i] >= 0 && tensors[i] != null && tensors[i].is_cpu()) {
        bytes +=
            skeleton.slots().get(i).shape().with(dims[i], tokens).elements()
                * tensors[i].element_size();
      }
    }
    return bytes;
  }
}
