package dev.tenon.checkpoint.torch;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restricted pickle may hold beside strings, numbers, booleans, lists, maps and sets, which
 * are the JDK's own.
 */
sealed interface PickleValue {
  /** Python's {@code None}. */
  enum None implements PickleValue {
    NONE
  }

  /** A tuple, or a {@code torch.Size}. */
  record Tuple(List<Object> items) implements PickleValue {}

  /** A torch dtype. */
  record Type(DType dtype) implements PickleValue {}

  /** A storage class; {@code dtype} is null for the untyped one, which counts bytes. */
  record StorageClass(@Nullable DType dtype) implements PickleValue {}

  /**
   * A storage, or a part of one, that tensors look into. Where in the file it is may be known only
   * when the pickle has been read.
   *
   * @param key what the file calls the whole storage
   * @param start where in the whole storage this begins, in bytes
   * @param bytes its length
   */
  record Storage(@Nullable DType dtype, String key, long start, long bytes)
      implements PickleValue {}

  /**
   * A tensor's view of a storage.
   *
   * @param key what the file calls the whole storage
   * @param start where the first element is in the whole storage, in bytes
   */
  record Tensor(DType dtype, Shape shape, Shape strides, String key, long start)
      implements PickleValue {}

  /** The functions and classes a pickle may name; nothing else is ever called or built. */
  enum Global implements PickleValue {
    ORDERED_DICT("collections.OrderedDict"),
    SET("builtins.set"),
    SIZE("torch.Size"),
    REBUILD_TENSOR("torch._utils._rebuild_tensor"),
    REBUILD_TENSOR_V2("torch._utils._rebuild_tensor_v2"),
    REBUILD_TENSOR_V3("torch._utils._rebuild_tensor_v3"),
    REBUILD_PARAMETER("torch._utils._rebuild_parameter"),
    REBUILD_PARAMETER_WITH_STATE("torch._utils._rebuild_parameter_with_state"),
    REBUILD_FROM_TYPE("torch._tensor._rebuild_from_type_v2"),
    TENSOR_CLASS("torch.Tensor"),
    PARAMETER_CLASS("torch.nn.parameter.Parameter");

    private final String path;

    Global(String path) {
      this.path = path;
    }

    /** Module and name. */
    String path() {
      return path;
    }
  }
}
