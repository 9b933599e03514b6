package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.save.SavePlan;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's bytes on their way into a checkpoint: from where they lie if the file has them in the
 * same order, else put in order a few rows at a time. Never more than those rows are held twice.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class SavedBytes {
  /** Bytes put in order at once, unless one row alone has more. */
  private static final long AT_ONCE = 16 << 20;

  private final IntFunction<Tensor> tensors;
  private final List<Slot> slots;
  private final Map<String, Integer> index;

  /**
   * The bytes of a model that stays as it is until the save ends.
   *
   * @param skeleton its slots
   * @param tensors the tensor of each slot, by number
   */
  public SavedBytes(Skeleton skeleton, IntFunction<Tensor> tensors) {
    this.tensors = tensors;
    this.slots = skeleton.slots();
    this.index = skeleton.index();
  }

  /** A slot as it is now, for a {@link SavePlan}. */
  public TensorEntry slot(int slot) {
    Tensor tensor = tensors.apply(slot);
    DType dtype = TorchTypes.dtype(tensor);
    Shape shape = dtype.ofTorch(Shape.of(tensor.shape()));
    return SavePlan.slot(slots.get(slot).name(), dtype, shape);
  }

  /** Whether two slots share a tensor or hold the same bytes. */
  public boolean same(int one, int other) {
    Tensor first = tensors.apply(one);
    Tensor second = tensors.apply(other);
    if (first == second) {
      return true;
    } else if (!slot(one).shape().equals(slot(other).shape())
        || TorchTypes.dtype(first) != TorchTypes.dtype(second)) {
      return false;
    }
    try (PointerScope scope = new PointerScope()) {
      return bytes(first).equal(bytes(second));
    }
  }

  private static Tensor bytes(Tensor tensor) {
    return tensor.detach().cpu().contiguous().view(-1).view(ScalarType.Byte);
  }

  /** A tensor for a checkpoint, whose bytes are taken when it is written. */
  public NewTensor tensor(StoredTensor stored) {
    return new NewTensor(
        stored.name(), stored.dtype(), stored.shape(), stored.block(), sink -> write(stored, sink));
  }

  private void write(StoredTensor stored, NewTensor.Sink sink) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      if (stored.dtype().isPacked()) { // Always as a whole: its elements are none of a box.
        Buffers.each(tensor(stored.pieces().get(0)).cpu().contiguous(), sink::put);
        return;
      }
      Tensor whole = stored.pieces().size() == 1 ? part(stored.pieces().get(0)) : null;
      if (whole != null && (whole.dim() == 0 || whole.is_cpu() && whole.is_contiguous())) {
        Buffers.each(whole.cpu(), sink::put);
      } else if (stored.shape().elements() > 0) {
        writeRows(stored, sink);
      }
    } catch (RuntimeException e) {
      throw TorchErrors.of("Saving failed", "tensor=" + stored.name(), e);
    }
  }

  /** Rows put together in memory of a few of them. */
  private void writeRows(StoredTensor stored, NewTensor.Sink sink) throws IOException {
    long[] dims = stored.shape().dims();
    long all = dims[0];
    long atOnce = Math.max(1, AT_ONCE / (stored.dtype().bytes(stored.shape().elements()) / all));
    try (Tensors tensors = new Tensors(Device.CPU)) {
      for (long row = 0; row < all; row += atOnce) {
        try (PointerScope scope = new PointerScope()) {
          dims[0] = Math.min(atOnce, all - row);
          Tensor rows = tensors.empty(Shape.of(dims), stored.dtype());
          for (Piece piece : stored.pieces()) {
            copy(piece, rows, row);
          }
          Buffers.each(rows, sink::put);
        }
      }
    }
  }

  /** What of a piece lies in the rows from {@code first} on. */
  private void copy(Piece piece, Tensor rows, long first) {
    Box target = piece.target();
    long start = target.start().dim(0);
    long from = Math.max(first, start);
    long to = Math.min(first + rows.size(0), start + target.size().dim(0));
    if (from < to) {
      long[] at = target.start().dims();
      long[] size = target.size().dims();
      at[0] = from - first;
      size[0] = to - from;
      Tensor part = part(piece).narrow(0, from - start, to - from);
      Boxes.narrow(rows, new Box(Shape.of(at), Shape.of(size))).copy_(part);
    }
  }

  /** A piece's box of its slot in the shape it has in the file, as a view. */
  private Tensor part(Piece piece) {
    Tensor tensor = tensor(piece);
    Piece.Transpose swap = piece.transpose();
    Tensor ordered = swap == null ? tensor : tensor.transpose(swap.first(), swap.second());
    return Boxes.narrow(ordered, piece.source()).reshape(piece.target().size().dims());
  }

  private Tensor tensor(Piece piece) {
    int slot = Objects.requireNonNull(index.get(piece.entry().name()));
    return tensors.apply(slot).detach();
  }
}
