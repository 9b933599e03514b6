package dev.tenon.checkpoint;

import dev.tenon.checkpoint.PickleValue.Tuple;
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

  /** Refuses a tensor whose last argument says that its values are conjugated or negated lazily. */
  void refuseFlags() throws PickleFault {
    Object last = values.get(values.size() - 1);
    if (last instanceof Map<?, ?> metadata && metadata.containsValue(true)) {
      throw new PickleFault("a tensor is stored with its conjugate or negative bit set");
    }
  }
}
