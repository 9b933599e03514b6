package dev.tenon.skeleton.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression of an atlas's document: a part of Python's, with its meaning, without calls that
 * could run on. Immutable.
 */
sealed interface Expression {
  /**
   * Its value.
   *
   * @param fields the config's fields and the loops' numbers, by name; what is not there is None
   * @throws RuntimeException if there is none: a field of another type, a division by zero
   */
  @Nullable Object value(Map<String, @Nullable Object> fields);

  /** A number, word, flag or None. */
  record Constant(@Nullable Object constant) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      return constant;
    }
  }

  /** A field by its dotted name, or a loop's number. */
  record Field(String name) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      return fields.get(name);
    }
  }

  /** A list of expressions. */
  record Listed(List<Expression> items) implements Expression {
    @Override
    public Object value(Map<String, @Nullable Object> fields) {
      List<@Nullable Object> values = new ArrayList<>(items.size());
      for (Expression item : items) {
        values.add(item.value(fields));
      }
      return values;
    }
  }

  /** An operator between two values. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      Object a = left.value(fields);
      if (operator.equals("and") || operator.equals("or")) {
        return Python.truth(a) == operator.equals("or") ? a : right.value(fields);
      }
      Object b = right.value(fields);
      return switch (operator) {
        case "==" -> Python.same(a, b);
        case "!=" -> !Python.same(a, b);
        case "<" -> Python.less(a, b);
        case ">" -> Python.less(b, a);
        case "<=" -> !Python.less(b, a);
        case ">=" -> !Python.less(a, b);
        case "in" -> Python.contains(b, a);
        case "not in" -> !Python.contains(b, a);
        case "is" -> a == null ? b == null : a.equals(b);
        case "is not" -> a == null ? b != null : !a.equals(b);
        default -> Python.binary(operator, a, b);
      };
    }
  }

  /** {@code not x}. */
  record Not(Expression operand) implements Expression {
    @Override
    public Object value(Map<String, @Nullable Object> fields) {
      return !Python.truth(operand.value(fields));
    }
  }

  /** {@code yes if condition else no}. */
  record Choice(Expression condition, Expression yes, Expression no) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      return (Python.truth(condition.value(fields)) ? yes : no).value(fields);
    }
  }

  /** {@code list[index]} or {@code word[index]}; a negative one counts from the end. */
  record Item(Expression list, Expression index) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      Object of = list.value(fields);
      Object at = index.value(fields);
      if (of instanceof Map<?, ?> map) {
        return map.get(String.valueOf(at));
      }
      long place = Python.whole(at);
      if (of instanceof String text) {
        int from = Math.toIntExact(place < 0 ? text.length() + place : place);
        return text.substring(from, from + 1);
      }
      List<?> items = Python.list(of);
      return items.get(Math.toIntExact(place < 0 ? items.size() + place : place));
    }
  }

  /** {@code list[from:to]}, either left out. */
  record Slice(Expression list, @Nullable Expression from, @Nullable Expression to)
      implements Expression {
    @Override
    public Object value(Map<String, @Nullable Object> fields) {
      List<?> items = Python.list(list.value(fields));
      int low = bound(from, 0, items.size(), fields);
      int high = bound(to, items.size(), items.size(), fields);
      return items.subList(Math.min(low, high), high);
    }

    private static int bound(
        @Nullable Expression e, int otherwise, int size, Map<String, @Nullable Object> fields) {
      if (e == null) {
        return otherwise;
      }
      long place = Python.whole(e.value(fields));
      return (int) Math.max(0, Math.min(size, place < 0 ? size + place : place));
    }
  }

  /** A call of one of {@link Functions}. */
  record Call(String function, List<Expression> arguments) implements Expression {
    @Override
    public @Nullable Object value(Map<String, @Nullable Object> fields) {
      List<@Nullable Object> values = new ArrayList<>(arguments.size());
      for (Expression argument : arguments) {
        values.add(argument.value(fields));
      }
      return Functions.call(function, values);
    }
  }
}
