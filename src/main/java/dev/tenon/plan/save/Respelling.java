package dev.tenon.plan.save;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.plan.Claim;
import dev.tenon.plan.Gathering;
import dev.tenon.plan.Matching;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Converter;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.Spelling;
import dev.tenon.skeleton.Skeleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way back of {@link Matching}: slots become a checkpoint's tensors. Source: {@code
 * revert_weight_conversion} of transformers 5.18.
 */
final class Respelling {
  private record Place(Converter converter, String name) {}

  private final List<Spelling> spellings;
  private final List<Converter> converters;
  private final Map<Place, Gathering> gatherings = new LinkedHashMap<>();
  private final Map<Place, List<StoredTensor>> gathered = new LinkedHashMap<>();
  private int blocks;

  private Respelling(Dialect dialect, String basePrefix) {
    this.spellings = Spelling.back(dialect.renamings(), basePrefix);
    this.converters = Converter.back(dialect.conversions(), basePrefix);
  }

  /**
   * Tensors in a dialect, those of one conversion together where its first slot stands.
   *
   * @param slots in natural order
   * @throws TenonException if slots do not fit together as a conversion would have it
   */
  static List<StoredTensor> of(Skeleton skeleton, Dialect dialect, List<TensorEntry> slots) {
    Respelling respelling = new Respelling(dialect, skeleton.basePrefix());
    List<List<StoredTensor>> ordered = new ArrayList<>(slots.size());
    for (TensorEntry slot : slots) {
      ordered.add(respelling.spell(slot));
    }
    respelling.gathered.forEach(
        (place, tensors) -> respelling.convert(respelling.gatherings.get(place), tensors));
    return ordered.stream().flatMap(List::stream).toList();
  }

  /** What a slot is stored as; still empty if it is the first of several that go together. */
  private List<StoredTensor> spell(TensorEntry slot) {
    Converter.Match match = Converter.matchFirst(converters, slot.name());
    if (match != null && slot.dtype().isPacked()) {
      throw new TenonException("Packed floats are not taken apart: tensor=" + slot.name());
    } else if (match == null) {
      return List.of(whole(Spelling.applyAll(spellings, slot.name()), slot));
    }
    Place place = new Place(match.converter(), match.targets().get(0));
    Gathering known = gatherings.get(place);
    if (known != null) {
      known.add(match, slot);
      return List.of();
    }
    Gathering gathering = new Gathering(0, match, slot);
    gathering.add(match, slot);
    gatherings.put(place, gathering);
    List<StoredTensor> tensors = new ArrayList<>();
    gathered.put(place, tensors);
    return tensors;
  }

  private void convert(Gathering gathering, List<StoredTensor> tensors) {
    for (Map<String, Claim> slices : gathering.claimsByTarget()) {
      int block = slices.size() > 1 ? blocks++ : NewTensor.ALONE;
      slices.forEach(
          (name, claim) -> {
            String renamed = Spelling.applyAll(spellings, name);
            if (claim instanceof Claim.Converted made) {
              var dtype = made.pieces().get(0).entry().dtype();
              tensors.add(new StoredTensor(renamed, dtype, made.shape(), block, made.pieces()));
            }
          });
    }
  }

  /** A slot as it is. */
  static StoredTensor whole(String name, TensorEntry slot) {
    Box all = Box.whole(slot.shape());
    List<Piece> pieces = List.of(new Piece(slot, all, all, null));
    return new StoredTensor(name, slot.dtype(), slot.shape(), NewTensor.ALONE, pieces);
  }
}
