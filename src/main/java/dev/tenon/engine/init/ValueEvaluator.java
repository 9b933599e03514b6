package dev.tenon.engine.init;

import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.skeleton.init.Sines;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Computes {@link Value} expressions on the CPU with the operations the reference uses, so that
 * results are equal to the bit. Remembers the last one: a rotary embedding keeps its frequencies
 * twice.
 *
 * <p>To be called inside a {@link PointerScope}. For one thread.
 */
final class ValueEvaluator implements AutoCloseable {
  private @Nullable Value lastValue;
  private @Nullable Tensor lastResult;
  private @Nullable Tensor input;

  /** The value as a tensor, which this object keeps until it is asked for another. */
  Tensor of(Value value) {
    Tensor known = lastResult;
    if (known != null && value == lastValue) {
      return known;
    }
    Tensor result = Tensors.kept(evaluate(value));
    close();
    lastValue = value;
    lastResult = result;
    return result;
  }

  /** The value of a draw. */
  Tensor of(Value value, Tensor draw) {
    input = draw;
    try {
      return evaluate(value);
    } finally {
      input = null;
    }
  }

  private Tensor evaluate(Value value) {
    if (value instanceof Value.Arange v) {
      return torch.arange(
          new Scalar(v.start()), new Scalar(v.end()), new Scalar(v.step()), options(DType.I64));
    } else if (value instanceof Value.Full v) {
      return torch.full(v.shape().dims(), number(v.number(), v.dtype()), options(v.dtype()));
    } else if (value instanceof Value.Numbers v) {
      return numbers(v.numbers().get(), v.shape(), v.dtype());
    } else if (value instanceof Value.Literal v) {
      return literal(v);
    } else if (value instanceof Value.Input) {
      return Objects.requireNonNull(input, "a value of a draw stands alone");
    } else if (value instanceof Value.Cast v) {
      return evaluate(v.input()).to(TorchTypes.scalarType(v.dtype()));
    } else if (value instanceof Value.Reshape v) {
      return evaluate(v.input()).reshape(v.shape().dims());
    } else if (value instanceof Value.Expand v) {
      return evaluate(v.input()).expand(v.shape().dims()).contiguous();
    }
    return call((Value.Call) value);
  }

  private Tensor call(Value.Call call) {
    List<Tensor> inputs = new ArrayList<>(call.inputs().size());
    for (Value each : call.inputs()) {
      inputs.add(evaluate(each));
    }
    Tensor first = inputs.get(0);
    List<Double> numbers = call.numbers();
    return switch (call.op()) {
      case ADD ->
          numbers.isEmpty()
              ? torch.add(first, inputs.get(1))
              : torch.add(first, number(numbers.get(0), first));
      case MUL ->
          numbers.isEmpty()
              ? torch.mul(first, inputs.get(1))
              : torch.mul(first, number(numbers.get(0), first));
      case DIV ->
          numbers.isEmpty()
              ? torch.div(first, inputs.get(1))
              : torch.div(first, number(numbers.get(0), first));
      case LESS ->
          numbers.isEmpty() ? first.lt(inputs.get(1)) : first.lt(number(numbers.get(0), first));
      case GREATER ->
          numbers.isEmpty() ? first.gt(inputs.get(1)) : first.gt(number(numbers.get(0), first));
      case POWER_OF -> torch.pow(number(numbers.get(0), first), first);
      case RECIPROCAL -> torch.reciprocal(first);
      case SIN -> each(first, Sines::sin);
      case COS -> each(first, Sines::cos);
      case EXP -> torch.exp(first);
      case LOG -> torch.log(first);
      case EXPM1 -> torch.expm1(first);
      case ABS -> torch.abs(first);
      case TRIL -> torch.tril(first);
      case CLAMP ->
          torch.clamp(
              first,
              new ScalarOptional(number(numbers.get(0), first)),
              new ScalarOptional(number(numbers.get(1), first)));
      case WHERE -> torch.where(first, inputs.get(1), inputs.get(2));
      case CAT -> torch.cat(vector(inputs), numbers.get(0).longValue());
      case STACK -> torch.stack(vector(inputs), numbers.get(0).longValue());
      case MAX -> torch.amax(first, new long[] {numbers.get(0).longValue()}, true);
    };
  }

  private static Tensor literal(Value.Literal value) {
    long[] dims = value.shape().dims();
    TensorOptions options = options(value.dtype());
    byte[] bytes = value.bytes();
    return bytes.length == 0
        ? Tensors.empty(dims, options)
        : torch.from_blob(new BytePointer(bytes), dims, options).clone();
  }

  private interface FloatOperator {
    float of(float x);
  }

  /** One function of each element, in float32. */
  private static Tensor each(Tensor input, FloatOperator function) {
    Tensor floats = input.to(torch.ScalarType.Float).contiguous();
    double[] results = new double[Math.toIntExact(floats.numel())];
    FloatPointer memory = new FloatPointer(floats.data_ptr());
    for (int i = 0; i < results.length; i++) {
      results[i] = function.of(memory.get(i));
    }
    return numbers(results, Shape.of(input.sizes().vec().get()), DType.F32);
  }

  private static Tensor numbers(double[] numbers, Shape shape, DType dtype) {
    TensorOptions doubles = options(DType.F64);
    if (numbers.length == 0) {
      return Tensors.empty(shape.dims(), options(dtype));
    }
    DoublePointer memory = new DoublePointer(numbers);
    Tensor all = torch.from_blob(memory, shape.dims(), doubles);
    // A dtype of its own or not, the result must not point into the Java-owned memory.
    return dtype == DType.F64 ? all.clone() : all.to(TorchTypes.scalarType(dtype));
  }

  private static TensorVector vector(List<Tensor> inputs) {
    return new TensorVector(inputs.toArray(new Tensor[0]));
  }

  /** A number as Python would write it beside this tensor: whole ones leave integers integers. */
  private static Scalar number(double number, Tensor beside) {
    boolean whole = !beside.is_floating_point() && number == Math.rint(number);
    return whole ? new Scalar((long) number) : new Scalar(number);
  }

  private static Scalar number(double number, DType dtype) {
    return dtype.isFloatingPoint() ? new Scalar(number) : new Scalar((long) number);
  }

  private static TensorOptions options(DType dtype) {
    return new TensorOptions(TorchTypes.scalarType(dtype));
  }

  @Override
  public void close() {
    if (lastResult != null) {
      lastResult.deallocate();
    }
    lastResult = null;
    lastValue = null;
  }
}
