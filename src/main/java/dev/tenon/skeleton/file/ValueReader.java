package dev.tenon.skeleton.file;

import dev.tenon.TenonException;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the value of a computed slot from a skeleton file. */
final class ValueReader {
  private static final Set<Value.Op> JOINING =
      EnumSet.of(Value.Op.CAT, Value.Op.STACK, Value.Op.MAX);

  /** Reads values that stand alone. */
  static final ValueReader ALONE = new ValueReader(false);

  /** Reads values that are computed from a draw. */
  static final ValueReader OF_A_DRAW = new ValueReader(true);

  private final boolean drawn;

  private ValueReader(boolean drawn) {
    this.drawn = drawn;
  }

  Value read(SkeletonNode node) {
    return switch (node.field("kind").text()) {
      case "arange" -> arange(node.only(Set.of("kind", "start", "end", "step")));
      case "full" -> {
        node.only(Set.of("kind", "shape", "dtype", "number"));
        yield new Value.Full(
            node.field("shape").shape(), node.field("number").number(), dtype(node));
      }
      case "literal" -> literal(node.only(Set.of("kind", "shape", "dtype", "zlib")));
      case "cast" -> {
        node.only(Set.of("kind", "input", "dtype"));
        yield new Value.Cast(read(node.field("input")), dtype(node));
      }
      case "reshape" -> {
        node.only(Set.of("kind", "input", "shape"));
        yield new Value.Reshape(read(node.field("input")), node.field("shape").shape());
      }
      case "expand" -> {
        node.only(Set.of("kind", "input", "shape"));
        yield new Value.Expand(read(node.field("input")), node.field("shape").shape());
      }
      case "call" -> call(node.only(Set.of("kind", "op", "inputs", "numbers")));
      case "input" -> input(node.only(Set.of("kind")));
      default -> throw node.field("kind").wrong("the kind of a value");
    };
  }

  private Value input(SkeletonNode node) {
    if (!drawn) {
      throw node.wrong("a value that stands alone");
    }
    return new Value.Input();
  }

  private static Value arange(SkeletonNode node) {
    long start = node.has("start") ? whole(node.field("start")) : 0;
    long step = node.has("step") ? node.field("step").integer(1, Long.MAX_VALUE) : 1;
    return new Value.Arange(start, node.field("end").integer(start, Long.MAX_VALUE), step);
  }

  private static long whole(SkeletonNode node) {
    return node.integer(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static Value literal(SkeletonNode node) {
    SkeletonNode zlib = node.field("zlib");
    try {
      byte[] deflated = Base64.getDecoder().decode(zlib.text());
      return new Value.Literal(node.field("shape").shape(), dtype(node), deflated);
    } catch (IllegalArgumentException e) {
      throw zlib.wrong("base64");
    } catch (ArithmeticException e) {
      throw node.wrong("whole bytes, fewer than 2^31");
    } catch (TenonException e) {
      throw zlib.wrong("deflated bytes of this shape and dtype (" + e.getMessage() + ")");
    }
  }

  private Value call(SkeletonNode node) {
    Value.Op op = op(node.field("op"));
    List<Value> inputs = node.field("inputs").items().stream().map(this::read).toList();
    List<Double> numbers =
        node.has("numbers")
            ? node.field("numbers").items().stream().map(SkeletonNode::number).toList()
            : List.of();
    if (!fits(op, inputs.size(), numbers.size())) {
      throw node.wrong("the inputs and numbers of " + op.name().toLowerCase(Locale.ROOT));
    }
    return new Value.Call(op, inputs, numbers);
  }

  private static Value.Op op(SkeletonNode node) {
    for (Value.Op op : Value.Op.values()) {
      if (op.name().toLowerCase(Locale.ROOT).equals(node.text())) {
        return op;
      }
    }
    throw node.wrong("an operation");
  }

  private static boolean fits(Value.Op op, int inputs, int numbers) {
    if (JOINING.contains(op)) {
      return inputs >= 1 && numbers == 1;
    }
    return switch (op) {
      case ADD, MUL, DIV, LESS, GREATER -> inputs + numbers == 2 && inputs >= 1;
      case POWER_OF -> inputs == 1 && numbers == 1;
      case CLAMP -> inputs == 1 && numbers == 2;
      case WHERE -> inputs == 3 && numbers == 0;
      default -> inputs == 1 && numbers == 0;
    };
  }

  private static DType dtype(SkeletonNode node) {
    return node.dtype("dtype", DType.F32);
  }
}
