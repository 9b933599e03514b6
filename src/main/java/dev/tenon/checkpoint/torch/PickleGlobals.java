package dev.tenon.checkpoint.torch;

import dev.tenon.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/**
 * Every global a checkpoint's pickle may name: the functions that put tensors together, plain
 * containers, dtypes and storage classes. Any other is refused by its name, before anything is
 * done.
 */
final class PickleGlobals {
  private static final Map<String, PickleValue> ALLOWED = new HashMap<>();

  static {
    for (PickleValue.Global global : PickleValue.Global.values()) {
      ALLOWED.put(global.path(), global);
    }
    // What Python 2 called it.
    ALLOWED.put("__builtin__.set", PickleValue.Global.SET);
    for (DType dtype : DType.values()) {
      // Torch counts packed types in bytes, not in elements as safetensors does.
      if (dtype.isByteAddressable()) {
        ALLOWED.put("torch." + dtype.torchName(), new PickleValue.Type(dtype));
      }
    }
    storage("Double", DType.F64);
    storage("Float", DType.F32);
    storage("Half", DType.F16);
    storage("BFloat16", DType.BF16);
    storage("Long", DType.I64);
    storage("Int", DType.I32);
    storage("Short", DType.I16);
    storage("Char", DType.I8);
    storage("Byte", DType.U8);
    storage("Bool", DType.BOOL);
    storage("ComplexFloat", DType.C64);
    ALLOWED.put("torch.UntypedStorage", new PickleValue.StorageClass(null));
    ALLOWED.put("torch.storage.UntypedStorage", new PickleValue.StorageClass(null));
  }

  private PickleGlobals() {}

  private static void storage(String prefix, DType dtype) {
    PickleValue storage = new PickleValue.StorageClass(dtype);
    ALLOWED.put("torch." + prefix + "Storage", storage);
    ALLOWED.put("torch.cuda." + prefix + "Storage", storage);
  }

  /** What a global stands for. */
  static PickleValue find(String module, String name) throws PickleFault {
    String path = module + "." + name;
    PickleValue value = ALLOWED.get(path);
    if (value == null) {
      throw new PickleFault("the pickle names " + path + ", which Tenon does not allow");
    }
    return value;
  }
}
