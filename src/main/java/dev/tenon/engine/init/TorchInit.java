package dev.tenon.engine.init;

import dev.tenon.TenonException;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.place.Device;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch's own kernels in the reference's order, from a generator of this load's own: on a CPU in
 * float32 every value is the reference's, bit for bit. Formulas: {@code torch.nn.init} of torch
 * 2.13.
 */
@SuppressWarnings("try") // Scopes and spans work by being closed; nothing refers to them.
final class TorchInit implements InitEngine {
  private final Device device;
  private final Trace trace;
  private final Elementwise draws;
  private final TruncatedNormal truncated;
  private final ValueEvaluator values = new ValueEvaluator();

  TorchInit(Device device, long seed, Trace trace) {
    this.device = device;
    this.trace = trace;
    this.draws = new Elementwise(new OwnGenerator(device, seed));
    this.truncated = new TruncatedNormal(draws);
  }

  @Override
  public void fill(List<InitTask> tasks, LongConsumer written) {
    for (InitTask task : tasks) {
      Interruption.check();
      try (Span span = trace.slot(task.slot().name(), task.bytes());
          PointerScope scope = new PointerScope()) {
        apply(task.rule(), tensor(task), task.slot().shape());
      } catch (RuntimeException e) {
        throw TorchErrors.of(
            "Initialising failed", "slot=" + task.slot().name() + ", rule=" + task.rule(), e);
      }
      written.accept(task.bytes());
    }
  }

  /** What a task writes: the slot's tensor, or one that is thrown away. */
  private Tensor tensor(InitTask task) {
    Tensor own = task.tensor();
    return own != null
        ? own
        : Tensors.empty(task.slot().shape().dims(), TorchTypes.options(task.dtype(), device));
  }

  private void apply(InitRule any, Tensor tensor, Shape shape) {
    if (tensor.numel() == 0) {
      return;
    }
    InitRule rule = any.primitive(shape);
    if (rule instanceof InitRule.Normal r) {
      draws.normal(tensor, r.mean(), r.std());
    } else if (rule instanceof InitRule.Uniform r) {
      draws.uniform(tensor, r.low(), r.high());
    } else if (rule instanceof InitRule.TruncatedNormal r) {
      truncated.fill(tensor, r.mean(), r.std(), r.low(), r.high());
    } else if (rule instanceof InitRule.Constant r) {
      tensor.fill_(new Scalar(r.value()));
    } else if (rule instanceof InitRule.Computed r) {
      tensor.copy_(values.of(r.value()));
    } else if (rule instanceof InitRule.Drawn r) {
      TensorOptions options = tensor.options().dtype(new ScalarTypeOptional(ScalarType.Float));
      Tensor draw = Tensors.empty(shape.dims(), options);
      apply(r.draw(), draw, shape);
      tensor.copy_(values.of(r.value(), draw));
    } else if (rule instanceof InitRule.Part r) {
      long[] dims = shape.dims();
      dims[r.dim()] = r.length();
      apply(r.rule(), tensor.narrow(r.dim(), r.start(), r.length()), Shape.of(dims));
    } else if (rule instanceof InitRule.Eye) {
      tensor.zero_().diagonal().fill_(new Scalar(1L));
    } else if (rule instanceof InitRule.Dirac r) {
      dirac(tensor, shape, r.groups());
    } else if (rule instanceof InitRule.Orthogonal r) {
      orthogonal(tensor, shape, r.gain());
    } else if (rule instanceof InitRule.Sparse r) {
      sparse(tensor, shape, r.sparsity(), r.std());
    } else {
      throw new TenonException("Unknown rule: rule=" + rule);
    }
  }

  private static void dirac(Tensor tensor, Shape shape, int groups) {
    tensor.zero_();
    Tensor centre = tensor;
    for (int dim = shape.rank() - 1; dim >= 2; dim--) {
      centre = centre.select(dim, shape.dim(dim) / 2);
    }
    long outputs = shape.dim(0) / groups;
    for (int group = 0; group < groups; group++) {
      centre.narrow(0, group * outputs, outputs).diagonal().fill_(new Scalar(1L));
    }
  }

  private void orthogonal(Tensor tensor, Shape shape, double gain) {
    long rows = shape.dim(0);
    long columns = shape.elements() / rows;
    TensorOptions options =
        Elementwise.isHalf(tensor)
            ? tensor.options().dtype(new ScalarTypeOptional(ScalarType.Float))
            : tensor.options();
    Tensor gaussian = Tensors.empty(new long[] {rows, columns}, options);
    draws.normal(gaussian, 0, 1);
    T_TensorTensor_T qr = torch.linalg_qr(rows < columns ? gaussian.t() : gaussian);
    Tensor q = qr.get0().mul_(torch.diag(qr.get1(), 0).sign());
    Tensor result = (rows < columns ? q.t() : q).reshape(shape.dims());
    tensor.copy_(gain == 1 ? result : torch.mul(result, new Scalar(gain)));
  }

  private void sparse(Tensor tensor, Shape shape, double sparsity, double std) {
    long rows = shape.dim(0);
    long zeros = (long) Math.ceil(sparsity * rows);
    draws.normal(tensor, 0, std);
    Scalar zero = new Scalar(0L);
    TensorOptions indices = tensor.options().dtype(new ScalarTypeOptional(ScalarType.Long));
    for (long column = 0; column < shape.dim(1); column++) {
      Tensor order = torch.randperm(rows, draws.generator(), indices);
      tensor.select(1, column).index_fill_(0, order.narrow(0, 0, zeros), zero);
    }
  }

  @Override
  public void close() {
    draws.close();
    values.close();
  }
}
