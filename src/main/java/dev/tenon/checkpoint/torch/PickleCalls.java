package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.Strides;
import dev.tenon.checkpoint.torch.PickleValue.Global;
import dev.tenon.checkpoint.torch.PickleValue.None;
import dev.tenon.checkpoint.torch.PickleValue.Storage;
import dev.tenon.checkpoint.torch.PickleValue.Tensor;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import dev.tenon.checkpoint.torch.PickleValue.Type;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the allowed functions give for their arguments. */
final class PickleCalls {
  private PickleCalls() {}

  /** Calls a global, as pickle's REDUCE and NEWOBJ do. */
  static Object call(Object function, Object arguments) throws PickleFault {
    if (!(function instanceof Global global) || !(arguments instanceof Tuple tuple)) {
      throw new PickleFault("the pickle calls what is no function");
    }
    Arguments args = new Arguments(global.path(), tuple.items());
    return switch (global) {
      case ORDERED_DICT -> orderedDict(args);
      case SET -> set(args);
      case SIZE -> args.get(0, Tuple.class);
      case REBUILD_TENSOR -> {
        args.require(4, 4);
        yield tensor(args, args.get(0, Storage.class).dtype());
      }
      case REBUILD_TENSOR_V2 -> {
        args.require(6, 7);
        args.refuseFlags(6);
        yield tensor(args, args.get(0, Storage.class).dtype());
      }
      case REBUILD_TENSOR_V3 -> {
        args.require(7, 8);
        args.refuseFlags(7);
        yield tensor(args, args.get(6, Type.class).dtype());
      }
      case REBUILD_PARAMETER -> args.get(0, Tensor.class);
      case REBUILD_PARAMETER_WITH_STATE -> {
        args.refuseReplacement(3);
        yield args.get(0, Tensor.class);
      }
      case REBUILD_FROM_TYPE -> fromType(args);
      case PARAMETER_CLASS -> {
        // As torch before 0.4 wrote a parameter.
        if (args.count() == 0) {
          throw withoutData(global);
        }
        yield args.get(0, Tensor.class);
      }
      case TENSOR_CLASS -> throw withoutData(global);
    };
  }

  private static PickleFault withoutData(Global type) {
    return new PickleFault("the pickle builds a " + type.path() + " without its data");
  }

  private static Map<Object, Object> orderedDict(Arguments args) throws PickleFault {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (args.count() > 0) {
      for (Object item : args.get(0, List.class)) {
        Object pair = item instanceof Tuple tuple ? tuple.items() : item;
        if (!(pair instanceof List<?> list) || list.size() != 2) {
          throw new PickleFault("an OrderedDict is made of what are no pairs");
        }
        map.put(key(list.get(0)), list.get(1));
      }
    }
    return map;
  }

  private static LinkedHashSet<Object> set(Arguments args) throws PickleFault {
    LinkedHashSet<Object> set = new LinkedHashSet<>();
    if (args.count() > 0) {
      for (Object item : args.get(0, List.class)) {
        set.add(key(item));
      }
    }
    return set;
  }

  /** Checks that a value may be a key: a scalar, whose hash needs no walk through containers. */
  static Object key(Object value) throws PickleFault {
    if (value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof None) {
      return value;
    }
    throw new PickleFault("a key of a dictionary is neither text nor a number");
  }

  /** A tensor with attributes of its own, which are no part of its value. */
  private static Object fromType(Arguments args) throws PickleFault {
    args.require(4, 4);
    args.refuseReplacement(3);
    Global type = args.get(1, Global.class);
    if (type != Global.TENSOR_CLASS && type != Global.PARAMETER_CLASS) {
      throw new PickleFault("the pickle builds a tensor of type " + type.path());
    }
    Global rebuild = args.get(0, Global.class);
    if (rebuild == Global.REBUILD_FROM_TYPE) {
      throw new PickleFault("the pickle rebuilds a tensor twice");
    }
    Object value = call(rebuild, args.get(2, Tuple.class));
    if (!(value instanceof Tensor)) {
      throw new PickleFault("the pickle builds a tensor with " + rebuild.path());
    }
    return value;
  }

  private static Tensor tensor(Arguments args, @Nullable DType named) throws PickleFault {
    Storage storage = args.get(0, Storage.class);
    DType dtype = named == null ? DType.U8 : named;
    long first = args.get(1, Long.class);
    Shape shape = args.shape(2);
    Shape strides = args.shape(3);
    if (shape.rank() != strides.rank() || first < 0) {
      throw new PickleFault("a tensor's sizes and strides do not fit: shape=" + shape);
    }
    try {
      dtype.bytes(shape.elements());
      long extent = Strides.extent(shape, strides);
      long at = extent == 0 ? 0 : dtype.bytes(first);
      if (Math.addExact(at, dtype.bytes(extent)) > storage.bytes()) {
        throw new PickleFault(
            "a tensor reaches past its storage: shape="
                + shape
                + ", strides="
                + strides
                + ", storage bytes="
                + storage.bytes());
      }
      return new Tensor(dtype, shape, strides, storage.key(), storage.start() + at);
    } catch (ArithmeticException e) {
      throw new PickleFault("a tensor's size passes 2^63 - 1 bits: shape=" + shape);
    }
  }
}
