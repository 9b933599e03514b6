package dev.tenon.quantised;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way to pack a weight. Names are a stem and a suffix: {@code x.qweight} and {@code x.scales}.
 *
 * @param name what people call it
 * @param mark the suffix of the tensor that gives the scheme away; may be empty
 * @param dtypes what that tensor may be made of
 * @param plain the suffix the plain weight would have
 * @param companions suffixes of the tensors that have to stand beside it
 * @param geometry how bits and group are told
 * @param unpacker how its weights are unpacked, {@link Unpacker#NONE} if they are refused
 */
record Scheme(
    String name,
    String mark,
    Set<DType> dtypes,
    String plain,
    List<String> companions,
    Geometry geometry,
    Unpacker unpacker) {

  /** The same, unpacked so. */
  Scheme by(Unpacker other) {
    return new Scheme(name, mark, dtypes, plain, companions, geometry, other);
  }

  /**
   * What this scheme makes of a tensor, or null if it is not one of its marks: companions are
   * lacking, or the shapes are none it could have made.
   */
  @Nullable Packed of(TensorEntry entry, Checkpoint checkpoint, Quantisation said) {
    String name = entry.name();
    if (!dtypes.contains(entry.dtype()) || !name.endsWith(mark)) {
      return null;
    }
    String stem = name.substring(0, name.length() - mark.length());
    List<TensorEntry> entries = new ArrayList<>(1 + companions.size());
    entries.add(entry);
    for (String suffix : companions) {
      TensorEntry companion = checkpoint.find(stem.concat(suffix));
      if (companion == null) {
        return null;
      }
      entries.add(companion);
    }
    String weight = stem.concat(plain);
    Packing packing = geometry.tell(this.name, entries, said.of(weight));
    return packing == null ? null : new Packed(weight, packing, entries, unpacker);
  }
}
