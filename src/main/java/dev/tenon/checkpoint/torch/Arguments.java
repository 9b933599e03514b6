package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.torch.PickleValue.None;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.Map;

/** The arguments of a call in a pickle, taken one by one with the type each must have. */
record Arguments(String function, List<Object> values) {
  /** Torch's own limit. */
  private static final int HIGHEST_RANK = 64;

  int count() {
    return values.size();
  }

  void require(int atLeast) throws PickleFault {
    if (values.size() < atLeast) {
      throw new PickleFault("too few arguments for " + function + ": " + values.size());
    }
  }

  void require(int atLeast, int atMost) throws PickleFault {
    require(atLeast);
    if (values.size() > atMost) {
      throw new PickleFault("too many arguments for " + function + ": " + values.size());
    }
  }

  <T> T get(int index, Class<T> type) throws PickleFault {
    require(index + 1);
    if (!type.isInstance(values.get(index))) {
      throw new PickleFault("argument " + index + " of " + function + " is of the wrong type");
    }
    return type.cast(values.get(index));
  }

  /** A tuple of sizes or strides. */
  Shape shape(int index) throws PickleFault {
    List<Object> items = get(index, Tuple.class).items();
    if (items.size() > HIGHEST_RANK) {
      throw new PickleFault("a tensor has over " + HIGHEST_RANK + " dimensions");
    }
    long[] dims = new long[items.size()];
    for (int i = 0; i < dims.length; i++) {
      if (!(items.get(i) instanceof Long dim) || dim < 0) {
        throw new PickleFault("argument " + index + " of " + function + " holds no size");
      }
      dims[i] = dim;
    }
    return Shape.of(dims);
  }

  /**
   * Refuses a tensor whose metadata, an argument that may be left out, says that its values are
   * conjugated or negated lazily. Torch goes by the keys: they count whatever their value is.
   */
  void refuseFlags(int index) throws PickleFault {
    if (values.size() <= index || values.get(index) instanceof None) {
      return;
    }
    Map<?, ?> metadata = get(index, Map.class);
    if (metadata.containsKey("conj") || metadata.containsKey("neg")) {
      throw new PickleFault("a tensor is stored with its conjugate or negative bit set");
    }
  }

  /**
   * Refuses attributes of a tensor that, once torch sets them, are other values than its own: a
   * dictionary, or a tuple of some.
   */
  void refuseReplacement(int index) throws PickleFault {
    Object state = get(index, Object.class);
    for (Object attributes : state instanceof Tuple several ? several.items() : List.of(state)) {
      if (attributes instanceof Map<?, ?> map
          && (map.containsKey("data") || map.containsKey("real") || map.containsKey("imag"))) {
        throw new PickleFault("a tensor has an attribute that takes the place of its values");
      }
    }
  }
}
