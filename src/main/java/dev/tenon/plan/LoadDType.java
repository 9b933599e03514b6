package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;

/** The dtype a checkpoint is loaded in. */
final class LoadDType {
  private LoadDType() {}

  /**
   * What the caller asks for; else the config's; else the index's; else that of the first
   * floating-point tensor of the first file, in which 8-bit floats do not count; else float32.
   * Source: {@code _get_dtype} of transformers 5.18 for {@code auto}.
   *
   * @throws TenonException if that is not a floating-point dtype
   */
  static DType choose(Checkpoint checkpoint, Config config, PlanOptions options) {
    if (options.dtype() != null) {
      return floating(options.dtype());
    }
    DType configured = config.dtype();
    if (configured != null) {
      return configured;
    }
    String indexed = checkpoint.indexMetadata().get("dtype");
    return indexed != null
        ? DType.ofModel(indexed, "directory=" + checkpoint.directory() + ", field=metadata.dtype")
        : firstStored(checkpoint);
  }

  /** The dtype, if models can be loaded in it. */
  static DType floating(DType dtype) {
    if (!dtype.isFloatingPoint()) {
      throw new TenonException("A model's dtype is a floating-point one: dtype=" + dtype);
    }
    return dtype;
  }

  private static DType firstStored(Checkpoint checkpoint) {
    if (!checkpoint.shards().isEmpty()) {
      for (TensorEntry entry : checkpoint.shards().get(0).entries()) {
        if (entry.dtype().isFloatingPoint() && entry.dtype().bits() > 8) {
          return entry.dtype();
        }
      }
    }
    return DType.F32;
  }
}
