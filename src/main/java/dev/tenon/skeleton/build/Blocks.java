package dev.tenon.skeleton.build;

import static dev.tenon.skeleton.build.Module.Kind.EMBEDDING;
import static dev.tenon.skeleton.build.Module.Kind.LINEAR;
import static dev.tenon.skeleton.build.Module.Kind.LSTM;
import static dev.tenon.skeleton.build.Module.Kind.MULTIHEAD_ATTENTION;
import static dev.tenon.skeleton.build.Module.Kind.NORM;

import dev.tenon.TenonException;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The modules of {@code torch.nn} that models are made of, each with torch's own parameter names,
 * shapes, and constructor values.
 */
public final class Blocks {
  private Blocks() {}

  /** {@code kaiming_uniform_(a=√5)}: gain √(2 / (1 + 5)) = 1/√3. */
  private static final InitRule UNIFORM =
      new InitRule.KaimingUniform(1 / Math.sqrt(3.0), Fans.Mode.FAN_IN);

  /** A module without tensors, such as a dropout or an activation. */
  public static final Block EMPTY = module -> {};

  /** {@code nn.Linear}: weight [out, in]. */
  public static Block linear(long in, long out, boolean bias) {
    return weighted(bias, out, in);
  }

  /** {@code nn.Linear} with a bias. */
  public static Block linear(long in, long out) {
    return linear(in, out, true);
  }

  /** {@code nn.Conv1d}: weight [out, in / groups, kernel]. */
  public static Block conv1d(long in, long out, long kernel, long groups, boolean bias) {
    return weighted(bias, out, in / groups, kernel);
  }

  /** {@code nn.Conv2d}: weight [out, in / groups, height, width]. */
  public static Block conv2d(
      long in, long out, long height, long width, long groups, boolean bias) {
    return weighted(bias, out, in / groups, height, width);
  }

  /** {@code nn.Conv2d} with a square kernel, one group and a bias. */
  public static Block conv2d(long in, long out, long kernel) {
    return conv2d(in, out, kernel, kernel, 1, true);
  }

  /** {@code nn.ConvTranspose1d}: weight [in, out, kernel]; its bias has {@code out}. */
  public static Block convTranspose1d(long in, long out, long kernel) {
    return transposed(out, in, out, kernel);
  }

  /** {@code nn.ConvTranspose2d}: weight [in, out, kernel, kernel]; its bias has {@code out}. */
  public static Block convTranspose2d(long in, long out, long kernel) {
    return transposed(out, in, out, kernel, kernel);
  }

  /**
   * {@code nn.Embedding}: weight [count, dim]; the row {@code padding}, if any, is zero. A negative
   * one counts from the end, and one outside the table is an error.
   */
  public static Block embedding(long count, long dim, @Nullable Integer padding) {
    return module -> {
      module.kind(EMBEDDING).parameter("weight", new InitRule.Normal(0, 1), count, dim);
      if (padding != null) {
        long row = padding < 0 ? count + padding : padding;
        if (row < 0 || row >= count) {
          throw new TenonException(
              "The padding row lies outside its embedding: padding=%d, rows=%d"
                  .formatted(padding, count));
        }
        module.init(init -> init.rule("weight", new InitRule.Part(0, row, 1, InitRule.ZEROS)));
      }
    };
  }

  /** {@code nn.Embedding} without a padding row. */
  public static Block embedding(long count, long dim) {
    return embedding(count, dim, null);
  }

  /** {@code nn.LayerNorm} or {@code nn.GroupNorm}: weight and bias. */
  public static Block layerNorm(long dim) {
    return layerNorm(dim, true);
  }

  /** {@code nn.LayerNorm}, with or without a bias. */
  public static Block layerNorm(long dim, boolean bias) {
    return module -> {
      module.kind(NORM).parameter("weight", InitRule.ONES, dim);
      if (bias) {
        module.parameter("bias", InitRule.ZEROS, dim);
      }
    };
  }

  /** An RMS norm: weight alone. */
  public static Block rmsNorm(long dim) {
    return layerNorm(dim, false);
  }

  /** {@code nn.BatchNorm1d/2d/3d} with running statistics. */
  public static Block batchNorm(long dim) {
    return module -> {
      module.kind(NORM).parameter("weight", InitRule.ONES, dim);
      module.parameter("bias", InitRule.ZEROS, dim);
      module.buffer("running_mean", true, DType.F32, Value.zeros(DType.F32, dim), dim);
      module.buffer("running_var", true, DType.F32, Value.ones(DType.F32, dim), dim);
      module.buffer("num_batches_tracked", true, DType.I64, Value.zeros(DType.I64));
    };
  }

  /** {@code nn.MultiheadAttention} over one width, with biases. */
  public static Block multiheadAttention(long dim) {
    return module -> {
      module.kind(MULTIHEAD_ATTENTION).parameter("in_proj_weight", null, 3 * dim, dim);
      module.parameter("in_proj_bias", InitRule.ZEROS, 3 * dim);
      module.add("out_proj", linear(dim, dim));
    };
  }

  /** {@code nn.LSTM} of one direction. */
  public static Block lstm(long in, long hidden, int layers) {
    return module -> {
      module.kind(LSTM);
      for (int i = 0; i < layers; i++) {
        module.parameter("weight_ih_l" + i, null, 4 * hidden, i == 0 ? in : hidden);
        module.parameter("weight_hh_l" + i, null, 4 * hidden, hidden);
        module.parameter("bias_ih_l" + i, null, 4 * hidden);
        module.parameter("bias_hh_l" + i, null, 4 * hidden);
      }
    };
  }

  /** A weight and perhaps a bias, constructed as {@code nn.Linear} and convolutions are. */
  private static Block weighted(boolean bias, long... dims) {
    Shape shape = Shape.of(dims);
    return module -> {
      module.kind(LINEAR).parameter("weight", UNIFORM, dims);
      if (bias) {
        module.parameter("bias", biasOf(shape), dims[0]);
      }
    };
  }

  private static Block transposed(long out, long... dims) {
    return module -> {
      module.kind(LINEAR).parameter("weight", UNIFORM, dims);
      module.parameter("bias", biasOf(Shape.of(dims)), out);
    };
  }

  private static InitRule biasOf(Shape weight) {
    double bound = weight.elements() == 0 ? 0 : 1 / Math.sqrt(Fans.in(weight));
    return new InitRule.Uniform(-bound, bound);
  }
}
