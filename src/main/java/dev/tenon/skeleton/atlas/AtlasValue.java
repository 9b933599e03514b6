package dev.tenon.skeleton.atlas;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is left in a slot, as an atlas's document says it. */
sealed interface AtlasValue
    permits AtlasValue.Number,
        AtlasValue.Counted,
        AtlasValue.Logarithms,
        AtlasValue.Triangle,
        AtlasValue.Rotary,
        AtlasWaves {

  /** The value for a slot under a config; null if this says nothing of it. */
  @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields);

  /** One number in all elements. */
  record Number(double number) implements AtlasValue {
    @Override
    public Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
      return new Value.Full(shape, number, dtype);
    }
  }

  /** 0, 1, … along the last dimension, as int64. */
  record Counted() implements AtlasValue {
    @Override
    public @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
      int last = shape.rank() - 1;
      return last < 0 || dtype != DType.I64
          ? null
          : Value.arange(shape.dim(last)).expand(shape.dims());
    }
  }

  /** The logarithms of 1, 2, … along the last dimension. */
  record Logarithms() implements AtlasValue {
    @Override
    public @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
      int last = shape.rank() - 1;
      return last < 0 || dtype != DType.F32
          ? null
          : new Value.Arange(1, shape.dim(last) + 1, 1)
              .to(DType.F32)
              .apply(Value.Op.LOG)
              .expand(shape.dims());
    }
  }

  /** Ones on and below the diagonal of the last two dimensions. */
  record Triangle() implements AtlasValue {
    @Override
    public @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
      int rank = shape.rank();
      return rank < 2
          ? null
          : new Value.Full(shape, 1, dtype).apply(Value.Op.TRIL).expand(shape.dims());
    }
  }

  /**
   * Rotary frequencies.
   *
   * @param part before the names of the fields of the config they belong to
   * @param scaled whether the package's own scalings apply
   */
  record Rotary(
      Expression base,
      Expression dim,
      @Nullable Expression condition,
      @Nullable String part,
      boolean scaled)
      implements AtlasValue {
    private static final String SETTINGS = "rope_parameters.";

    @Override
    public @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
      Object settled = base.value(fields);
      Object turning = dim.value(fields);
      if (settled == null || turning == null || shape.rank() != 1 || dtype != DType.F32) {
        return null;
      }
      double theta = Python.number(settled);
      long wide = Python.whole(turning);
      if (wide < 1 || shape.dim(0) != (wide + 1) / 2) {
        return null;
      } else if (condition == null || Python.truth(condition.value(fields))) {
        return new Value.Arange(0, wide, 2).to(DType.F32).over(wide).powerOf(theta).reciprocal();
      }
      return scaled && part != null ? scaled(part + SETTINGS, theta, (int) wide, fields) : null;
    }

    private @Nullable Value scaled(
        String settings, double theta, int wide, Map<String, @Nullable Object> fields) {
      List<@Nullable Object> pairs = new ArrayList<>();
      fields.forEach(
          (name, value) -> {
            if (name.startsWith(settings) && name.indexOf('.', settings.length()) < 0) {
              pairs.add(name.substring(settings.length()));
              pairs.add(value);
            }
          });
      Object most = fields.get(part + "max_position_embeddings");
      Object first = fields.get(settings + "original_max_position_embeddings");
      Object type = fields.get(settings + "rope_type");
      Object share = fields.get(settings + "partial_rotary_factor");
      boolean whole = share == null || Python.number(share) == 1;
      if (!(type instanceof String kind) || !whole || !SCALINGS.contains(kind)) {
        return null;
      }
      int max = most == null ? 0 : (int) Python.whole(most);
      int original = first == null ? max : (int) Python.whole(first);
      if (original == 0 && !kind.equals("linear") || max == 0 && kind.equals("dynamic")) {
        return null;
      }
      try {
        return Rope.frequencies(
            new RopeParameters(Config.defaults(pairs.toArray()), kind, theta, 1, max, original),
            wide,
            wide);
      } catch (TenonException e) {
        return null; // A number is not given: such a buffer is left out, and a load says so.
      }
    }
  }

  /** The kinds of scaling that were held to the reference. */
  Set<String> SCALINGS = Set.of("linear", "dynamic", "yarn", "llama3");

  /** Reads one. */
  static AtlasValue read(SkeletonNode node, AtlasReader reader) {
    if (node.has("number")) {
      return new Number(node.only(Set.of("number")).field("number").number());
    } else if (node.has("rotary")) {
      node.only(Set.of("rotary", "dim", "if", "scaled"));
      String base = node.field("rotary").isText() ? node.field("rotary").text() : "";
      String end = Rotary.SETTINGS + "rope_theta";
      return new Rotary(
          reader.expression(node.field("rotary")),
          reader.expression(node.field("dim")),
          node.has("if") ? reader.expression(node.field("if")) : null,
          base.endsWith(end) ? base.substring(0, base.length() - end.length()) : null,
          node.flag("scaled", false));
    } else if (node.has("sines")) {
      node.only(Set.of("sines", "padding"));
      return new AtlasWaves(
          AtlasWaves.Kind.of(node.field("sines")),
          node.has("padding") ? reader.expression(node.field("padding")) : null);
    } else if (node.has("logarithms")) {
      node.only(Set.of("logarithms")).field("logarithms").flag();
      return new Logarithms();
    } else if (node.has("triangle")) {
      node.only(Set.of("triangle")).field("triangle").flag();
      return new Triangle();
    }
    node.only(Set.of("arange")).field("arange").flag();
    return new Counted();
  }
}
