package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.plan.Factor;
import dev.tenon.plan.LowRank;
import java.io.IOException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what adapters add to one slot: rows of it become float32, every change acts on them
 * in order, and they are rounded once on the way back. Beside the slot, memory is that of its
 * factors and of three blocks of rows.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Changes {
  /** Elements of a block, unless one row alone has more: 16 MiB of float32. */
  private static final long BLOCK = 4L << 20;

  private final Reader reader;
  private final Tensor matrix;
  private final List<LowRank> changes;

  /** Float32, but for slots of float64, which would lose digits. */
  private final ScalarType type;

  private final Map<TensorEntry, Tensor> factors = new HashMap<>();

  /** What each change that gives columns lengths multiplies them by, once it is known. */
  private final Map<LowRank, Tensor> columnScales = new IdentityHashMap<>();

  private Changes(Reader reader, Tensor slot, List<LowRank> changes) {
    this.reader = reader;
    this.matrix = slot.view(-1, changes.get(0).width());
    this.changes = changes;
    boolean wide = slot.scalar_type().intern() == ScalarType.Double;
    this.type = wide ? ScalarType.Double : ScalarType.Float;
  }

  /**
   * Changes a slot.
   *
   * @param reader reads the adapters' files
   * @param slot memory of its own, in which the slot's bytes are
   * @param changes in order, all of this slot
   */
  public static void apply(Reader reader, Tensor slot, List<LowRank> changes) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard none = new NoGradGuard();
      new Changes(reader, slot, changes).apply();
    }
  }

  private void apply() throws IOException {
    for (LowRank change : changes) {
      read(change.left());
      read(change.right());
      read(change.magnitude());
    }
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).scalesColumns()) {
        measure(i);
      }
    }
    for (long row = 0; row < matrix.size(0); row += blockRows()) {
      Interruption.check();
      try (PointerScope scope = new PointerScope()) {
        Tensor rows = rows(row);
        Tensor changed = rows.to(type);
        change(changed, row, changes.size());
        rows.copy_(changed);
      }
    }
  }

  /** Measures columns, in whose lengths all rows have a share, when the changes before are done. */
  private void measure(int index) {
    LowRank change = changes.get(index);
    Tensor lengths = matrix(change.magnitude());
    Tensor squares = torch.zeros_like(lengths);
    for (long row = 0; row < matrix.size(0); row += blockRows()) {
      Interruption.check();
      try (PointerScope scope = new PointerScope()) {
        Tensor changed = rows(row).to(type).clone();
        change(changed, row, index);
        Tensor part = part(changed, row, change);
        if (part != null) {
          add(part, row, change);
          squares.add_(squares(part, 0));
        }
      }
    }
    columnScales.put(change, lengths.div(squares.sqrt()));
  }

  /** Does the first so many changes to rows of float32, as far as they concern them. */
  private void change(Tensor block, long row, int count) {
    for (LowRank change : changes.subList(0, count)) {
      Tensor part = part(block, row, change);
      if (part == null) {
        continue;
      }
      add(part, row, change);
      Factor magnitude = change.magnitude();
      if (change.scalesColumns()) {
        part.mul_(columnScales.get(change));
      } else if (magnitude != null) {
        Tensor lengths = matrix(magnitude).narrow(0, first(row, change), part.size(0));
        part.mul_(lengths.div(squares(part, 1).sqrt()));
      }
    }
  }

  private void add(Tensor part, long row, LowRank change) {
    Tensor left = matrix(change.left()).narrow(0, first(row, change), part.size(0));
    Factor right = change.right();
    Tensor product = right == null ? left : left.mm(matrix(right));
    part.add_(product.mul(new Scalar(change.scale())));
  }

  /** The row of a change that is the first to concern rows of the slot from {@code row} on. */
  private static long first(long row, LowRank change) {
    return Math.max(0, row - change.row());
  }

  /** What of a block a change concerns, as a view; null if nothing. */
  private static @Nullable Tensor part(Tensor block, long row, LowRank change) {
    long from = Math.max(row, change.row());
    long to = Math.min(row + block.size(0), change.row() + change.left().rows());
    return from >= to
        ? null
        : block.narrow(0, from - row, to - from).narrow(1, change.column(), change.columns());
  }

  private static Tensor squares(Tensor part, long dim) {
    return part.mul(part).sum(new long[] {dim}, true, new ScalarTypeOptional());
  }

  private long blockRows() {
    return Math.max(1, BLOCK / Math.max(1, matrix.size(1)));
  }

  private Tensor rows(long row) {
    return matrix.narrow(0, row, Math.min(blockRows(), matrix.size(0) - row));
  }

  /** Has the tensor a factor is a part of in float32, where the slot is. */
  private void read(@Nullable Factor factor) throws IOException {
    if (factor != null && !factors.containsKey(factor.entry())) {
      Tensor stored = reader.source(factor.entry());
      factors.put(factor.entry(), stored.to(matrix.device(), type).contiguous().view(-1));
    }
  }

  private Tensor matrix(Factor factor) {
    Tensor all = factors.get(factor.entry());
    Tensor from = all.narrow(0, factor.start(), all.numel() - factor.start());
    return from.as_strided(
        new long[] {factor.rows(), factor.columns()}, factor.rowStep(), factor.columnStep());
  }
}
