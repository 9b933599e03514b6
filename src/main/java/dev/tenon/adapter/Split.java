package dev.tenon.adapter;

import dev.tenon.plan.Factor;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.save.ModuleNames;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A module's product cut up as its weight is, where the model keeps parts of it in several slots or
 * in a box of one.
 *
 * @param target whose it is
 * @param left a row for each of the weight's
 * @param right a column for each of the weight's
 * @param magnitude lengths of rows in one column, of columns in one row, or null
 */
record Split(
    Target target,
    String adapter,
    double scale,
    Factor left,
    Factor right,
    @Nullable Factor magnitude) {

  /** The changes of slots. */
  List<LowRank> over(StoredTensor weight, ModuleNames names, Skeleton skeleton) {
    List<LowRank> changes = new ArrayList<>();
    for (Piece piece : weight.pieces()) {
      int slot = names.slot(piece);
      changes.add(change(slot, skeleton.slots().get(slot).shape(), weight, piece));
    }
    return changes;
  }

  private LowRank change(int slot, Shape shape, StoredTensor weight, Piece piece) {
    if (weight.pieces().size() == 1 && piece.source().size().equals(weight.shape())) {
      long width = shape.elements() / Math.max(1, shape.dim(0));
      return new LowRank(slot, adapter, width, 0, 0, left, right, scale, magnitude);
    }
    if (weight.shape().rank() != 2) {
      throw layout(weight);
    }
    Shape start = piece.target().start();
    Shape size = piece.target().size();
    Factor rows = left.rows(start.dim(0), size.dim(0));
    Factor columns = right.columns(start.dim(1), size.dim(1));
    Factor lengths = lengths(weight, start, size);
    Box box = piece.source();
    if (piece.transpose() != null) {
      if (shape.rank() != 2) {
        throw layout(weight);
      }
      box = swapped(box);
      Factor exchanged = rows.transposed();
      rows = columns.transposed();
      columns = exchanged;
      lengths = lengths == null ? null : lengths.transposed();
    }
    long width = shape.dim(shape.rank() - 1);
    long column = box.start().dim(shape.rank() - 1);
    long row = row(shape, box, rows.rows(), columns.columns());
    if (row < 0) {
      throw layout(weight);
    }
    return new LowRank(slot, adapter, width, row, column, rows, columns, scale, lengths);
  }

  /** The lengths in a box: it has to hold rows whole if they are lengths of rows. */
  private @Nullable Factor lengths(StoredTensor weight, Shape start, Shape size) {
    if (magnitude == null) {
      return null;
    }
    boolean ofRows = magnitude.columns() == 1;
    int along = ofRows ? 1 : 0;
    if (size.dim(along) != weight.shape().dim(along)) {
      throw target.misfit("reason=its base keeps the rows that DoRA measures in parts");
    }
    return ofRows
        ? magnitude.rows(start.dim(0), size.dim(0))
        : magnitude.columns(start.dim(1), size.dim(1));
  }

  /** The first row of a box whose rows are neighbours once all dimensions but the last are one. */
  private static long row(Shape shape, Box box, long rows, long columns) {
    int last = shape.rank() - 1;
    long row = 0;
    long count = 1;
    for (int dim = 0; dim < last; dim++) {
      long size = box.size().dim(dim);
      if (count > 1 && size != shape.dim(dim)) {
        return -1;
      }
      count *= size;
      row = row * shape.dim(dim) + box.start().dim(dim);
    }
    return count == rows && box.size().dim(last) == columns ? row : -1;
  }

  private static Box swapped(Box box) {
    Shape start = box.start();
    Shape size = box.size();
    return new Box(Shape.of(start.dim(1), start.dim(0)), Shape.of(size.dim(1), size.dim(0)));
  }

  private RuntimeException layout(StoredTensor weight) {
    return target.misfit(
        "reason=its base keeps this weight in another layout, weight=" + weight.name());
  }
}
