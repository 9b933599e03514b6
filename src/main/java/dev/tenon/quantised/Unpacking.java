package dev.tenon.quantised;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.NaturalOrder;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.quantised.gguf.GgufModel;
import dev.tenon.quantised.gguf.GgufWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint whose packed weights are weights: under their own names, without the tensors they
 * are made of. Immutable.
 */
public final class Unpacking {
  /** What is kept for activations and caches, whichever module it stands in. */
  private static final Set<String> FOR_ACTIVATIONS =
      Set.of(
          "input_scale",
          "input_scale_inv",
          "input_global_scale",
          "input_zero_point",
          "output_scale",
          "output_zero_point",
          "activation_scale",
          "q_scale",
          "k_scale",
          "v_scale",
          "prob_scale",
          "k_zero_point",
          "v_zero_point");

  private final List<Packed> refused;
  private final List<Unpacked> unpacked;
  private final Map<String, Packing> packings;

  /** What is not packed, under other names than the files'; null where theirs are the model's. */
  private final @Nullable List<TensorEntry> renamed;

  private Unpacking(
      List<Packed> refused,
      List<Unpacked> unpacked,
      Map<String, Packing> packings,
      @Nullable List<TensorEntry> renamed) {
    this.refused = List.copyOf(refused);
    this.unpacked = List.copyOf(unpacked);
    this.packings = Map.copyOf(packings);
    this.renamed = renamed;
  }

  /**
   * What can be unpacked of what was found. Reads the few tensors that hold sizes and settings.
   *
   * @param found as {@link Recognition} found them
   * @param said what the config says of them
   * @throws TenonException if the tensors of a weight do not fit together, or two weights have one
   *     name
   */
  public static Unpacking of(Checkpoint checkpoint, List<Packed> found, Quantisation said) {
    GgufModel gguf = GgufModel.of(checkpoint);
    if (gguf != null) {
      return ofGguf(checkpoint, gguf);
    }
    List<Packed> refused = new ArrayList<>();
    List<Unpacked> unpacked = new ArrayList<>(found.size());
    Map<String, Packing> packings = new HashMap<>();
    try (SmallTensors small = new SmallTensors()) {
      for (Packed packed : found) {
        Unpacked weight = one(packed, checkpoint, said, small);
        if (weight == null) {
          refused.add(packed);
          continue;
        }
        unpacked.add(weight);
        TensorEntry plain = checkpoint.find(packed.name());
        if (packings.put(packed.name(), packed.packing()) != null
            || plain != null && !weight.parts().contains(plain)) {
          throw fault(packed, "there are two weights of this name", null);
        }
      }
    }
    return new Unpacking(refused, unpacked, packings, null);
  }

  private static Unpacking ofGguf(Checkpoint checkpoint, GgufModel gguf) {
    List<Unpacked> unpacked = new ArrayList<>();
    Map<String, Packing> packings = new HashMap<>();
    List<TensorEntry> plain = new ArrayList<>();
    for (Stored stored : GgufWeights.of(checkpoint, gguf)) {
      if (stored instanceof Unpacked weight) {
        unpacked.add(weight);
        packings.put(weight.name(), Packing.of(weight.packing()));
      } else if (stored instanceof TensorEntry entry) {
        plain.add(entry);
      }
    }
    return new Unpacking(List.of(), unpacked, packings, plain);
  }

  private static @Nullable Unpacked one(
      Packed packed, Checkpoint checkpoint, Quantisation said, SmallTensors small) {
    try {
      return packed.unpacker().unpack(new Parts(packed, checkpoint, said, small));
    } catch (IllegalArgumentException | ArithmeticException | TenonException e) {
      throw fault(packed, e.getMessage(), e);
    }
  }

  private static TenonException fault(Packed packed, String reason, @Nullable Exception cause) {
    return new TenonException(
        "The checkpoint is quantised, and a packed weight's tensors do not fit together: file=%s, tensor=%s, scheme=%s, reason=%s"
            .formatted(packed.mark().file(), packed.name(), packed.packing().scheme(), reason),
        cause);
  }

  /** Weights of schemes that are not unpacked. */
  public List<Packed> refused() {
    return refused;
  }

  /** Weights that are, in the order they were found. */
  public List<Unpacked> unpacked() {
    return unpacked;
  }

  /** How one of these is packed. */
  public Packing packing(Unpacked weight) {
    return Objects.requireNonNull(packings.get(weight.name()));
  }

  /**
   * What the checkpoint holds then, in natural order.
   *
   * @param needed whether a model has something of a name, which is then kept though it looks like
   *     what is only for activations
   */
  public List<? extends Stored> entries(Checkpoint checkpoint, Predicate<String> needed) {
    if (unpacked.isEmpty() && renamed == null) {
      return checkpoint.entries();
    }
    Set<String> parts = renamed == null ? parts() : Set.of();
    List<Stored> entries = new ArrayList<>(unpacked);
    for (TensorEntry entry : renamed == null ? checkpoint.entries() : renamed) {
      if (!parts.contains(entry.name()) && !isForActivations(entry, needed)) {
        entries.add(entry);
      }
    }
    entries.sort((one, other) -> NaturalOrder.INSTANCE.compare(one.name(), other.name()));
    return entries;
  }

  /** What is left out of these: tensors for activations and caches, as {@link #entries} has it. */
  public List<TensorEntry> setAside(Checkpoint checkpoint, Predicate<String> needed) {
    if (unpacked.isEmpty() || renamed != null) {
      return List.of();
    }
    Set<String> parts = parts();
    List<TensorEntry> aside = new ArrayList<>();
    for (TensorEntry entry : checkpoint.entries()) {
      if (!parts.contains(entry.name()) && isForActivations(entry, needed)) {
        aside.add(entry);
      }
    }
    return aside;
  }

  private Set<String> parts() {
    Set<String> parts = new HashSet<>();
    for (Unpacked weight : unpacked) {
      for (TensorEntry part : weight.parts()) {
        parts.add(part.name());
      }
    }
    return parts;
  }

  private static boolean isForActivations(TensorEntry entry, Predicate<String> needed) {
    String name = entry.name();
    String last = name.substring(name.lastIndexOf('.') + 1);
    return FOR_ACTIVATIONS.contains(last) && !needed.test(name);
  }
}
