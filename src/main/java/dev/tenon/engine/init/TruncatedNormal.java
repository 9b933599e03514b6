package dev.tenon.engine.init;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code torch.nn.init.trunc_normal_} of torch 2.13: rejection from a normal if the bounds leave
 * enough of it, else from a uniform between them. It draws the same numbers in the same order.
 *
 * <p>To be called inside a {@link org.bytedeco.javacpp.PointerScope}.
 */
final class TruncatedNormal {
  /** The share of the normal between the bounds above which rejecting from it is the faster way. */
  private static final double ENOUGH = 0.3;

  private final Elementwise draws;

  TruncatedNormal(Elementwise draws) {
    this.draws = draws;
  }

  void fill(Tensor tensor, double mean, double std, double low, double high) {
    double share = cdf((high - mean) / std) - cdf((low - mean) / std);
    if (share > ENOUGH) {
      fromNormal(tensor, mean, std, low, high);
    } else {
      fromUniform(tensor, mean, std, low, high);
    }
  }

  private void fromNormal(Tensor tensor, double mean, double std, double low, double high) {
    Scalar lowest = new Scalar(low);
    Scalar highest = new Scalar(high);
    draws.normal(tensor, mean, std);
    Tensor result = tensor;
    while (true) {
      Tensor outside = result.lt(lowest).bitwise_or(result.gt(highest));
      if (!any(outside)) {
        break;
      }
      Tensor again = torch.empty_like(result);
      draws.normal(again, mean, std);
      result = torch.where(outside, again, result);
    }
    if (result != tensor) {
      tensor.copy_(result);
    }
  }

  private void fromUniform(Tensor tensor, double mean, double std, double low, double high) {
    double mode = Math.max(low, Math.min(mean, high));
    double peak = -0.5 * Math.pow((mode - mean) / std, 2);
    Tensor candidates = torch.empty_like(tensor);
    Tensor accept = torch.empty_like(tensor);
    draws.uniform(tensor, low, high);
    candidates.copy_(tensor);
    logDensity(candidates, mean, std, peak);
    draws.uniform(accept, 0, 1);
    Tensor pending = accept.log_().gt(candidates);
    if (!any(pending)) {
      return;
    }
    Tensor result = tensor;
    while (any(pending)) {
      draws.uniform(candidates, low, high);
      result = torch.where(pending, candidates, result);
      logDensity(candidates, mean, std, peak);
      draws.uniform(accept, 0, 1);
      pending = torch.where(pending, accept.log_().gt(candidates), pending);
    }
    tensor.copy_(result);
  }

  private static void logDensity(Tensor values, double mean, double std, double peak) {
    values.sub_(new Scalar(mean)).div_(new Scalar(std)).pow_(new Scalar(2L));
    values.mul_(new Scalar(-0.5)).sub_(new Scalar(peak));
  }

  private static boolean any(Tensor mask) {
    return mask.any().item_bool();
  }

  private static double cdf(double x) {
    Tensor scaled =
        torch.full(
            new long[0], new Scalar(x / Math.sqrt(2.0)), new TensorOptions(ScalarType.Double));
    return (1.0 + torch.erf(scaled).item_double()) / 2.0;
  }
}
