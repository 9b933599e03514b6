package dev.tenon.engine.init;

import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.place.Device;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Tensors with rows for more tokens or for fewer. New rows of a table of vectors are drawn around
 * the mean of the old ones, with their covariance scaled by 10⁻⁹ if that is positive definite;
 * entries of a bias around their mean, likewise; entries of a buffer are zero.
 *
 * <p>Source: {@code _get_resized_embeddings} and {@code _get_resized_lm_head} of transformers 5.18
 * with {@code mean_resizing=True}. The reference holds the whole table twice more in float32; here
 * it is gone through a few rows at a time, on the CPU wherever the table is. And fewer new rows
 * than a row has elements are drawn without the covariance, whose product takes half a minute for a
 * large vocabulary: old rows, centred and mixed in normally distributed proportions, have it too.
 */
@SuppressWarnings("try") // Scopes and guards work by being closed; nothing refers to them.
public final class TokenRows implements AutoCloseable {
  private static final double SCALE = 1e-9;

  /** Bytes of the float32 rows that are looked at at once. */
  private static final long PART = 32L << 20;

  private final Elementwise draws;

  public TokenRows(long seed) {
    draws = new Elementwise(new OwnGenerator(Device.CPU, seed));
  }

  /**
   * A tensor with so many tokens along a dimension, in no pointer scope.
   *
   * @param old what it has as far as there are tokens in both
   * @param learned whether new rows are like the old ones, else zero
   */
  public Tensor resized(Tensor old, int dim, long tokens, boolean learned) {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard none = new NoGradGuard();
      Tensor from = old.detach();
      long before = from.size(dim);
      long[] shape = from.shape();
      shape[dim] = tokens;
      Tensor made = Tensors.empty(shape, from.options());
      long kept = Math.min(before, tokens);
      made.narrow(dim, 0, kept).copy_(from.narrow(dim, 0, kept));
      if (tokens > before && !from.is_meta()) {
        Tensor added = made.narrow(dim, before, tokens - before).movedim(dim, 0);
        if (learned) {
          added.copy_(like(from.movedim(dim, 0), added).reshape(added.shape()));
        } else {
          added.zero_();
        }
      }
      made.set_requires_grad(old.requires_grad());
      return Tensors.kept(made);
    }
  }

  private Tensor like(Tensor old, Tensor added) {
    if (old.dim() == 1) {
      Tensor values = old.to(TorchTypes.device(Device.CPU), ScalarType.Float);
      return normal(added.size(0)).mul_(values.std().mul_(scale())).add_(values.mean());
    }
    Tensor rows = old.reshape(old.size(0), -1);
    Tensor mean = mean(rows);
    long width = mean.size(0);
    if (rows.size(0) <= width) {
      // Of so few rows a covariance has no full rank.
      return mean.expand(added.size(0), width);
    } else if (added.size(0) < width) {
      return mixed(rows, mean, added.size(0));
    }
    T_TensorTensor_T factor = torch.linalg_cholesky_ex(covariance(rows, mean).mul_(scale()));
    if (factor.get1().item_int() != 0) {
      return mean.expand(added.size(0), width);
    }
    return normal(added.size(0), width).matmul(factor.get0().t()).add_(mean);
  }

  /** Old rows in random proportions: a few such have the covariance for less than it costs. */
  private Tensor mixed(Tensor rows, Tensor mean, long count) {
    Tensor sum = torch.zeros(new long[] {count, mean.size(0)}, floats());
    for (long at = 0; at < rows.size(0); at += part(rows)) {
      try (PointerScope scope = new PointerScope()) {
        Tensor centred = part(rows, at).sub_(mean);
        sum.addmm_(normal(count, centred.size(0)), centred);
      }
    }
    return sum.mul_(new Scalar(Math.sqrt(SCALE / rows.size(0)))).add_(mean);
  }

  private Tensor normal(long... shape) {
    Tensor drawn = Tensors.empty(shape, floats());
    draws.normal(drawn, 0, 1);
    return drawn;
  }

  private static Tensor mean(Tensor rows) {
    Tensor sum = torch.zeros(new long[] {rows.size(1)}, new TensorOptions(ScalarType.Double));
    for (long at = 0; at < rows.size(0); at += part(rows)) {
      try (PointerScope scope = new PointerScope()) {
        sum.add_(part(rows, at).to(ScalarType.Double).sum(0));
      }
    }
    return sum.div_(new Scalar((double) rows.size(0))).to(ScalarType.Float);
  }

  private static Tensor covariance(Tensor rows, Tensor mean) {
    long width = rows.size(1);
    Tensor sum = torch.zeros(new long[] {width, width}, floats());
    for (long at = 0; at < rows.size(0); at += part(rows)) {
      try (PointerScope scope = new PointerScope()) {
        Tensor centred = part(rows, at).sub_(mean);
        sum.addmm_(centred.t(), centred);
      }
    }
    return sum.div_(new Scalar((double) rows.size(0)));
  }

  private static long part(Tensor rows) {
    return Math.max(1, PART / Float.BYTES / Math.max(1, rows.size(1)));
  }

  /** A float32 copy on the CPU of some rows. */
  private static Tensor part(Tensor rows, long first) {
    Tensor part = rows.narrow(0, first, Math.min(part(rows), rows.size(0) - first));
    return part.to(TorchTypes.device(Device.CPU), ScalarType.Float, false, true, null);
  }

  private static TensorOptions floats() {
    return new TensorOptions(ScalarType.Float);
  }

  private static Scalar scale() {
    return new Scalar(SCALE);
  }

  @Override
  public void close() {
    draws.close();
  }
}
