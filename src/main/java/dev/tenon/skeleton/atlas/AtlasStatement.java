package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.build.Module;
import dev.tenon.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of an atlas's document: a call of {@link Module} whose numbers are expressions. */
sealed interface AtlasStatement {

  /** A child: its name, in which braces hold expressions and {@code #} is its place in a list. */
  record Add(List<Object> name, Body body) implements AtlasStatement {}

  /**
   * A child that is a module of {@code torch.nn}.
   *
   * @param kind torch's name of it
   * @param shape its weight's
   * @param init the name of the steps that initialise it
   */
  record Named(List<Object> name, String kind, List<Expression> shape, Expression bias, String init)
      implements AtlasStatement {}

  /** A parameter of this module. */
  record Param(String name, List<Expression> shape, boolean frozen) implements AtlasStatement {}

  /**
   * A buffer of this module.
   *
   * @param fixed whether it keeps its dtype in every load
   */
  record Buffer(String name, List<Expression> shape, DType dtype, boolean persistent, boolean fixed)
      implements AtlasStatement {}

  /** What initialises this module when its children are done, by the name of its steps. */
  record Initialize(String steps) implements AtlasStatement {}

  /** Statements that run once for each number from 0. */
  record For(String loop, Expression count, Body body) implements AtlasStatement {}

  /** Statements that run if a condition holds, and others if not. */
  record If(Expression condition, Body yes, Body no) implements AtlasStatement {}

  /** A condition that held in every config the document was made from. */
  record Expect(String text, Expression condition, boolean holds) implements AtlasStatement {}

  /** Statements written here, or a block's by its name. */
  record Body(@Nullable String block, List<AtlasStatement> statements) {
    static final Body EMPTY = new Body(null, List.of());
  }
}
