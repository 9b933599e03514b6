package dev.tenon.plan;

import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the files offer for a slot. */
public sealed interface Claim {
  /** The shape the slot would get. */
  Shape shape();

  /** The first key behind it. */
  String key();

  /** All keys behind it. */
  Set<String> keys();

  /** The step that fills a slot of this shape. */
  Step step(Slot slot, DType dtype);

  /** One tensor as it is. */
  record Whole(Stored entry) implements Claim {
    @Override
    public Shape shape() {
      return entry.shape();
    }

    @Override
    public String key() {
      return entry.name();
    }

    @Override
    public Set<String> keys() {
      return Set.of(entry.name());
    }

    @Override
    public Step step(Slot slot, DType dtype) {
      return new Step.Read(slot, dtype, entry);
    }
  }

  /** What a conversion makes of one tensor or several. */
  record Converted(String key, Shape shape, List<Piece> pieces) implements Claim {
    @Override
    public Set<String> keys() {
      return pieces.stream().map(piece -> piece.entry().name()).collect(Collectors.toSet());
    }

    @Override
    public Step step(Slot slot, DType dtype) {
      return new Step.Assemble(slot, dtype, pieces);
    }
  }
}
