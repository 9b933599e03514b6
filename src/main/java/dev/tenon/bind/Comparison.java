package dev.tenon.bind;

import dev.tenon.Model;
import dev.tenon.TenonException;
import dev.tenon.bind.BindingReport.Match;
import dev.tenon.bind.BindingReport.Mismatch;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** A model beside a module: which names meet, and which of those that do can be one tensor. */
final class Comparison {
  private final List<Pair> pairs = new ArrayList<>();
  private final List<Match> matched = new ArrayList<>();
  private final List<Mismatch> mismatched = new ArrayList<>();
  private final List<Slot> unmatchedInModel;
  private final List<String> unmatchedInModule;

  /** The first pair of each of the module's tensors, by the tensor's identity. */
  private final Map<Long, Pair> byPlace = new HashMap<>();

  private record Pair(Match names, Tensor tensor, Tensor place) {}

  Comparison(Model model, Prefixes prefixes, Map<String, Tensor> places) {
    Map<String, String> takenBy = new HashMap<>();
    Map<Slot, Tensor> others = new LinkedHashMap<>();
    Set<Tensor> handedOver = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> held = new HashSet<>(model.names());
    for (Slot slot : model.skeleton().slots()) {
      if (!held.contains(slot.name())) {
        continue; // It was released.
      }
      Match names = new Match(slot.name(), prefixes.inModule(slot.name()));
      Tensor tensor = model.tensor(slot.name());
      Tensor place = places.get(names.inModule());
      if (place == null) {
        others.put(slot, tensor);
      } else {
        requireFree(names, takenBy.put(names.inModule(), slot.name()));
        handedOver.add(tensor);
        add(new Pair(names, tensor, place));
      }
    }
    unmatchedInModel =
        others.entrySet().stream()
            .filter(other -> !handedOver.contains(other.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    unmatchedInModule =
        places.entrySet().stream()
            .filter(place -> !byPlace.containsKey(identity(place.getValue())))
            .map(Map.Entry::getKey)
            .toList();
  }

  private void add(Pair pair) {
    Pair first = byPlace.putIfAbsent(identity(pair.place), pair);
    String reason = unfit(pair, first);
    if (reason == null) {
      pairs.add(pair);
      matched.add(pair.names);
    } else {
      mismatched.add(new Mismatch(pair.names.inModel(), pair.names.inModule(), reason));
    }
  }

  /** Why a pair cannot be one tensor, or null. */
  private static @Nullable String unfit(Pair pair, @Nullable Pair first) {
    Tensor tensor = pair.tensor;
    Tensor place = pair.place;
    if (!Arrays.equals(tensor.shape(), place.shape())) {
      return facts(Arrays.toString(tensor.shape()), Arrays.toString(place.shape()));
    }
    // Among floating-point dtypes the load has chosen; for all others the module was written.
    ScalarType type = tensor.scalar_type().intern();
    ScalarType expected = place.scalar_type().intern();
    if (type != expected && !(tensor.is_floating_point() && place.is_floating_point())) {
      return facts(type, expected);
    }
    if (!place.is_meta()
        && !tensor.is_meta()
        && !place.unsafeGetTensorImpl().has_compatible_shallow_copy_type(tensor.key_set())) {
      return facts(tensor.layout().intern(), place.layout().intern());
    }
    if (first != null && first.tensor != tensor) {
      return "the module has one tensor for it and for " + first.names.inModel();
    }
    return null;
  }

  private static String facts(Object inModel, Object inModule) {
    return "model=" + inModel + ", module=" + inModule;
  }

  /** Whether two tensors are one to libtorch, whatever handles lead to it. */
  private static long identity(Tensor tensor) {
    return tensor.unsafeGetTensorImpl().address();
  }

  private static void requireFree(Match names, @Nullable String other) {
    if (other != null) {
      throw new TenonException(
          "Two names of the model lead to one place: names=["
              + other
              + ", "
              + names.inModel()
              + "], module="
              + names.inModule());
    }
  }

  BindingReport report() {
    List<String> unmatched = unmatchedInModel.stream().map(Slot::name).toList();
    return new BindingReport(matched, unmatched, unmatchedInModule, mismatched);
  }

  /**
   * Refuses what does not fit.
   *
   * @param partOfModel whether the module may lack tensors of the model; it always may lack those
   *     no checkpoint holds, because it computes them itself
   * @param partOfModule whether the model may lack tensors of the module
   * @throws TenonException if names are left over that may not be, pairs cannot be one tensor, or
   *     there are none
   */
  void require(boolean partOfModel, boolean partOfModule) {
    if (byPlace.isEmpty()) {
      throw new TenonException(
          unmatchedInModule.isEmpty()
              ? "The module has no parameters: a frozen program holds its weights as constants"
              : "Model and module have no name in common: model=%s, module=%s"
                  .formatted(unmatchedInModel.get(0).name(), unmatchedInModule.get(0)));
    }
    List<String> faults = new ArrayList<>();
    if (!partOfModel) {
      List<Slot> stored = unmatchedInModel.stream().filter(Slot::persistent).toList();
      add(faults, "unmatchedInModel", stored.stream().map(Slot::name).toList());
    }
    if (!partOfModule) {
      add(faults, "unmatchedInModule", unmatchedInModule);
    }
    add(
        faults,
        "mismatched",
        mismatched.stream().map(it -> it.inModule() + ": " + it.reason()).toList());
    if (!faults.isEmpty()) {
      throw new TenonException("Model and module do not fit: " + String.join(", ", faults));
    }
  }

  private static void add(List<String> faults, String what, List<String> names) {
    int shown = Math.min(names.size(), 5);
    if (shown > 0) {
      String more = names.size() > shown ? ", and " + (names.size() - shown) + " more" : "";
      faults.add(what + "=[" + String.join(", ", names.subList(0, shown)) + more + "]");
    }
  }

  /**
   * Gives every place of a pair its tensor's storage, and checks that it has it.
   *
   * @throws TenonException if the model is on {@code meta}; nothing has changed then
   */
  void bind() {
    for (Pair pair : pairs) {
      if (pair.tensor.is_meta()) {
        throw new TenonException(
            "A model without bytes cannot be bound: device=meta, tensor=" + pair.names.inModel());
      }
    }
    for (Pair pair : byPlace.values()) {
      if (pair.place.is_meta()) {
        // set_data refuses to change a tensor from meta to anything, and does no more than this.
        pair.place.unsafeGetTensorImpl().shallow_copy_from(pair.tensor.getIntrusivePtr());
      } else {
        pair.place.set_data(pair.tensor);
      }
    }
    for (Pair pair : pairs) {
      if (!pair.place.is_alias_of(pair.tensor)) {
        throw new TenonException("A tensor is not shared: " + pair.names);
      }
    }
  }
}
