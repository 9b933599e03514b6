package dev.tenon.skeleton.init;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;

/**
 * A tensor computed from the config alone: rotary frequencies, position indices, a scale. It is an
 * expression, not numbers, so that a skeleton stays small and free of libtorch; the engine
 * evaluates it with the same operations the reference uses, which is what makes it equal to the
 * bit.
 */
public sealed interface Value {

  /** Operations an expression may use; their meaning is torch's, in the dtype of their input. */
  enum Op {
    /** {@code input + number}, or the sum of two inputs. */
    ADD,
    /** {@code input * number}, or the product of two inputs. */
    MUL,
    /** {@code input / number}, or the quotient of two inputs. */
    DIV,
    /** {@code number ** input}. */
    POWER_OF,
    /** {@code 1.0 / input}. */
    RECIPROCAL,
    /** Sine, as {@link Sines} has it. */
    SIN,
    /** Cosine, as {@link Sines} has it. */
    COS,
    /** e to the input. */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** e to the input, less one. */
    EXPM1,
    /** Absolute value. */
    ABS,
    /** {@code torch.clamp(input, numbers[0], numbers[1])}. */
    CLAMP,
    /** {@code input < number}, or elementwise of two inputs, as bool. */
    LESS,
    /** {@code input > number}, or elementwise of two inputs, as bool. */
    GREATER,
    /** {@code torch.where(inputs[0], inputs[1], inputs[2])}. */
    WHERE,
    /** All inputs joined along dimension {@code numbers[0]}. */
    CAT,
    /** All inputs stacked along a new dimension {@code numbers[0]}. */
    STACK,
    /** Lower triangle of the last two dimensions. */
    TRIL,
    /** Largest value along dimension {@code numbers[0]}, the dimension kept with size 1. */
    MAX
  }

  /** {@code torch.arange(start, end, step)} as int64. */
  record Arange(long start, long end, long step) implements Value {}

  /** {@code torch.full(shape, number, dtype)}. */
  record Full(Shape shape, double number, DType dtype) implements Value {}

  /** Numbers computed in Java, row-major; the supplier runs once for each model that needs them. */
  record Numbers(Shape shape, DType dtype, Supplier<double[]> numbers) implements Value {}

  /**
   * Values that were computed elsewhere: little-endian, row-major, in zlib's format.
   *
   * @param zlib the compressed bytes, which nobody changes
   */
  record Literal(Shape shape, DType dtype, byte[] zlib) implements Value {
    /**
     * Checks that the bytes are those of this shape and dtype.
     *
     * @throws dev.tenon.TenonException if they are not
     * @throws ArithmeticException if they are 2^31 or more
     */
    public Literal {
      Zlib.check(zlib, Math.toIntExact(dtype.bytes(shape.elements())));
    }

    /** The values' bytes, inflated anew at every call. */
    public byte[] bytes() {
      return Zlib.inflate(zlib, (int) dtype.bytes(shape.elements()));
    }
  }

  /** The draw of {@link InitRule.Drawn}; it stands in no other value. */
  record Input() implements Value {}

  /** The input in another dtype. */
  record Cast(Value input, DType dtype) implements Value {}

  /** The same elements in another shape; {@code repeat} as torch's, after reshaping. */
  record Reshape(Value input, Shape shape) implements Value {}

  /** {@code input.expand(shape)} as a contiguous tensor. */
  record Expand(Value input, Shape shape) implements Value {}

  /** One operation on inputs and plain numbers. */
  record Call(Op op, List<Value> inputs, List<Double> numbers) implements Value {}

  /** {@code 0, 1, … end − 1} as int64. */
  static Value arange(long end) {
    return new Arange(0, end, 1);
  }

  /** One float32 number without dimensions. */
  static Value scalar(double number) {
    return new Full(Shape.SCALAR, number, DType.F32);
  }

  /** All zeros. */
  static Value zeros(DType dtype, long... dims) {
    return new Full(Shape.of(dims), 0, dtype);
  }

  /** All ones. */
  static Value ones(DType dtype, long... dims) {
    return new Full(Shape.of(dims), 1, dtype);
  }

  /** A float32 vector whose element {@code i} is {@code f(i)}, computed in double precision. */
  static Value vector(int length, DoubleUnaryOperator f) {
    return new Numbers(
        Shape.of(length),
        DType.F32,
        () -> {
          double[] numbers = new double[length];
          for (int i = 0; i < length; i++) {
            numbers[i] = f.applyAsDouble(i);
          }
          return numbers;
        });
  }

  /** Inputs joined along a dimension. */
  static Value cat(int dim, Value... inputs) {
    return new Call(Op.CAT, List.of(inputs), List.of((double) dim));
  }

  /** Inputs stacked along a new dimension. */
  static Value stack(int dim, Value... inputs) {
    return new Call(Op.STACK, List.of(inputs), List.of((double) dim));
  }

  /** {@code torch.where(condition, yes, no)}. */
  static Value where(Value condition, Value yes, Value no) {
    return new Call(Op.WHERE, List.of(condition, yes, no), List.of());
  }

  /** This, with one operation and plain numbers applied. */
  default Value apply(Op op, double... numbers) {
    List<Double> boxed = new ArrayList<>(numbers.length);
    for (double number : numbers) {
      boxed.add(number);
    }
    return new Call(op, List.of(this), List.copyOf(boxed));
  }

  /** This and another, with one operation applied elementwise. */
  default Value apply(Op op, Value other) {
    return new Call(op, List.of(this, other), List.of());
  }

  /** This in another dtype. */
  default Value to(DType dtype) {
    return new Cast(this, dtype);
  }

  /** {@code this + number}. */
  default Value plus(double number) {
    return apply(Op.ADD, number);
  }

  /** {@code this * number}. */
  default Value times(double number) {
    return apply(Op.MUL, number);
  }

  /** {@code this / number}. */
  default Value over(double number) {
    return apply(Op.DIV, number);
  }

  /** {@code base ** this}. */
  default Value powerOf(double base) {
    return apply(Op.POWER_OF, base);
  }

  /** {@code 1.0 / this}. */
  default Value reciprocal() {
    return apply(Op.RECIPROCAL);
  }

  /** The same elements in another shape. */
  default Value reshape(long... dims) {
    return new Reshape(this, Shape.of(dims));
  }

  /** {@code this.expand(dims)}. */
  default Value expand(long... dims) {
    return new Expand(this, Shape.of(dims));
  }
}
