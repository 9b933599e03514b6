package dev.tenon.plan.save;

import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;

/**
 * A tensor of a checkpoint that is to be, and the slots it is made of.
 *
 * @param name what it is called in the checkpoint
 * @param dtype its element type there, which its slots have too
 * @param shape its sizes there
 * @param block tensors of one block, cut from one tensor along its first dimension, go into one
 *     shard, or {@link dev.tenon.checkpoint.write.NewTensor#ALONE}
 * @param pieces which boxes of slots, their entries, fill which boxes of it; together they cover it
 *     once
 */
public record StoredTensor(String name, DType dtype, Shape shape, int block, List<Piece> pieces) {

  /** Copies the list. */
  public StoredTensor {
    pieces = List.copyOf(pieces);
  }
}
