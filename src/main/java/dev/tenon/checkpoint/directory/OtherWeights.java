package dev.tenon.checkpoint.directory;

import org.jspecify.annotations.Nullable;

/** Files of weights that have no usual name, told by the names they have. */
enum OtherWeights {
  ADAPTER("an adapter's weights, which need those of its base model"),
  CONSOLIDATED("weights in their author's own layout and names"),
  SAFETENSORS("load it by its own path"),
  TORCH("a torch file, load it by its own path"),
  GGUF("GGUF, load it by its own path"),
  ONNX("ONNX, which is not read"),
  TENSORFLOW("TensorFlow, which is not read"),
  FLAX("Flax, which is not read");

  private final String what;

  OtherWeights(String what) {
    this.what = what;
  }

  /** What a file of this kind is, or what to do with it. */
  String what() {
    return what;
  }

  /** The kind of file that goes by a name, or null if it holds no weights. */
  static @Nullable OtherWeights of(String name) {
    boolean safetensors = name.endsWith(".safetensors");
    boolean torch =
        name.endsWith(".bin")
            || name.endsWith(".pt")
            || name.endsWith(".pth")
            || name.endsWith(".ckpt");
    if (safetensors || torch) {
      if (name.startsWith("adapter_model") || name.startsWith("pytorch_lora_weights")) {
        return ADAPTER;
      } else if (name.startsWith("consolidated")) {
        return CONSOLIDATED;
      } else if (isOfTraining(name)) {
        return null;
      }
      return safetensors ? SAFETENSORS : TORCH;
    }
    return name.endsWith(".gguf")
        ? GGUF
        : name.endsWith(".onnx")
            ? ONNX
            : name.endsWith(".h5") ? TENSORFLOW : name.endsWith(".msgpack") ? FLAX : null;
  }

  /** What a trainer leaves beside a model. */
  private static boolean isOfTraining(String name) {
    return name.startsWith("optimizer")
        || name.startsWith("scheduler")
        || name.startsWith("scaler")
        || name.startsWith("training_args")
        || name.startsWith("rng_state");
  }
}
