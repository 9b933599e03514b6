package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.atlas.AtlasStatement.Body;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the statements and expressions of an atlas's document, each expression text once. */
final class AtlasReader {
  private static final int LONGEST_NAME = 256;
  private static final Set<String> KINDS =
      Set.of(
          "Linear",
          "Conv1d",
          "Conv2d",
          "Conv3d",
          "Embedding",
          "LayerNorm",
          "GroupNorm",
          "RMSNorm",
          "BatchNorm1d",
          "BatchNorm2d",
          "BatchNorm3d");

  private final Map<String, Expression> known = new HashMap<>();

  Body body(SkeletonNode node) {
    if (node.isText()) {
      return new Body(node.text(), List.of());
    }
    List<SkeletonNode> items = node.items();
    List<AtlasStatement> statements = new ArrayList<>(items.size());
    for (SkeletonNode item : items) {
      statements.add(statement(item));
    }
    return new Body(null, statements);
  }

  private AtlasStatement statement(SkeletonNode node) {
    if (node.has("add")) {
      node.only(Set.of("add", "is", "shape", "bias", "init", "do"));
      List<Object> name = template(node.field("add"));
      if (node.has("is")) {
        return named(node, name);
      }
      return new AtlasStatement.Add(name, node.has("do") ? body(node.field("do")) : Body.EMPTY);
    } else if (node.has("param")) {
      node.only(Set.of("param", "shape", "frozen"));
      return new AtlasStatement.Param(
          slot(node.field("param")), shape(node), node.flag("frozen", false));
    } else if (node.has("buffer")) {
      node.only(Set.of("buffer", "shape", "dtype", "persistent", "fixed"));
      return new AtlasStatement.Buffer(
          slot(node.field("buffer")),
          shape(node),
          node.dtype("dtype", DType.F32),
          node.flag("persistent", true),
          node.flag("fixed", false));
    } else if (node.has("for")) {
      node.only(Set.of("for", "in", "do"));
      return new AtlasStatement.For(
          node.field("for").text(), expression(node.field("in")), body(node.field("do")));
    } else if (node.has("if")) {
      node.only(Set.of("if", "then", "else"));
      Body no = node.has("else") ? body(node.field("else")) : Body.EMPTY;
      return new AtlasStatement.If(expression(node.field("if")), body(node.field("then")), no);
    } else if (node.has("init")) {
      return new AtlasStatement.Initialize(node.only(Set.of("init")).field("init").text());
    } else if (node.has("expect")) {
      return expectation(node.only(Set.of("expect")).field("expect"));
    }
    throw node.wrong("add|param|buffer|for|if|init|expect");
  }

  private AtlasStatement named(SkeletonNode node, List<Object> name) {
    SkeletonNode kind = node.field("is");
    if (!KINDS.contains(kind.text())) {
      throw kind.wrong(String.join("|", KINDS.stream().sorted().toList()));
    }
    Expression bias =
        node.has("bias") ? expression(node.field("bias")) : new Expression.Constant(true);
    List<Expression> shape = shape(node);
    if (shape.isEmpty()) {
      throw node.field("shape").wrong("at least one size");
    }
    String init = node.has("init") ? node.field("init").text() : kind.text();
    return new AtlasStatement.Named(name, kind.text(), shape, bias, init);
  }

  /** {@code not (x)} is kept apart: where x has no value, either holds. */
  private AtlasStatement expectation(SkeletonNode node) {
    Expression whole = expression(node);
    return whole instanceof Expression.Not not && node.text().startsWith("not (")
        ? new AtlasStatement.Expect(node.text(), not.operand(), false)
        : new AtlasStatement.Expect(node.text(), whole, true);
  }

  Expression expression(SkeletonNode node) {
    if (node.isNumber()) {
      return new Expression.Constant(
          node.isWhole() ? (Object) node.integer(Long.MIN_VALUE, Long.MAX_VALUE) : node.number());
    } else if (!node.isText()) {
      return new Expression.Constant(node.flag());
    }
    Expression found = known.get(node.text());
    if (found == null) {
      try {
        found = ExpressionParser.parse(node.text());
      } catch (IllegalArgumentException e) {
        throw node.wrong("an expression (" + e.getMessage() + ")");
      }
      known.put(node.text(), found);
    }
    return found;
  }

  private List<Expression> shape(SkeletonNode node) {
    List<SkeletonNode> items = node.field("shape").items();
    List<Expression> shape = new ArrayList<>(items.size());
    for (SkeletonNode item : items) {
      shape.add(expression(item));
    }
    return shape;
  }

  private static String slot(SkeletonNode node) {
    if (node.text().indexOf('.') >= 0) {
      throw node.wrong("a name without dots");
    }
    return name(node);
  }

  private static String name(SkeletonNode node) {
    if (node.text().isEmpty() || node.text().length() > LONGEST_NAME) {
      throw node.wrong("a name of 1 to " + LONGEST_NAME + " characters");
    }
    return node.text();
  }

  /** Text and expressions in turn. */
  private static List<Object> template(SkeletonNode node) {
    String text = name(node);
    List<Object> parts = new ArrayList<>();
    int at = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw node.wrong("a closing brace");
      }
      parts.add(text.substring(at, open));
      try {
        parts.add(ExpressionParser.parse(text.substring(open + 1, close)));
      } catch (IllegalArgumentException e) {
        throw node.wrong("an expression (" + e.getMessage() + ")");
      }
      at = close + 1;
    }
    parts.add(text.substring(at));
    return parts;
  }
}
