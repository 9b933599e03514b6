package dev.tenon.plan.save;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Claim;
import dev.tenon.plan.Gathering;
import dev.tenon.plan.box.Converter;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tensors of a checkpoint are called, renamings aside, that a stacked or fused slot is put
 * together from: one expert's matrix keeps its name, whichever way a model holds it. Immutable.
 */
public final class StoredNames {
  private final List<Converter> back = new ArrayList<>();

  /**
   * A tensor of a checkpoint that is a part of a slot.
   *
   * @param name what it is called there
   * @param shape its sizes there
   * @param pieces which boxes of the slot, its entry, fill which boxes of it
   */
  public record Stored(String name, Shape shape, List<Piece> pieces) {}

  /** The names of a skeleton's conversions. Slots that are stored fused keep their own. */
  public StoredNames(Skeleton skeleton) {
    for (Conversion conversion : skeleton.conversions()) {
      if (conversion.targets().size() == 1) {
        back.add(new Converter(conversion.inverse(), skeleton.basePrefix()));
      }
    }
  }

  /** The tensors a slot falls into, or none if it is stored under its own name as it is. */
  public List<Stored> of(Slot slot) {
    Converter.Match match = Converter.matchFirst(back, slot.name());
    if (match == null || !slot.name().endsWith(match.text())) {
      return List.of();
    }
    TensorEntry whole =
        new TensorEntry(slot.name(), slot.dtype(), slot.shape(), Path.of(""), 0, null);
    Gathering gathering = new Gathering(0, match, whole);
    gathering.add(match, whole);
    List<Stored> stored = new ArrayList<>();
    try {
      gathering
          .claims()
          .forEach(
              (name, claim) -> {
                if (claim instanceof Claim.Converted converted) {
                  stored.add(new Stored(name, converted.shape(), converted.pieces()));
                }
              });
    } catch (TenonException e) {
      // Its shape is none the conversion could have made: nothing but its own name is left.
      return List.of();
    }
    return List.copyOf(stored);
  }
}
