package dev.tenon.skeleton.atlas;

import dev.tenon.TenonException;
import dev.tenon.skeleton.atlas.AtlasStatement.Body;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statements of a document, run on modules under one config. */
final class AtlasBlock {
  private static final int MOST_STATEMENTS = 1 << 22;
  private static final int DEEPEST = 48;
  private static final int LONGEST_NAME = 256;

  private final Map<String, Body> blocks;
  private final AtlasInits inits;
  private final Map<String, @Nullable Object> fields;
  private final String origin;
  private int statements;
  private int depth;

  /**
   * Blocks under a config.
   *
   * @param fields the config's fields by dotted name, as its class would have them
   * @param origin what errors call the config
   */
  AtlasBlock(
      Map<String, Body> blocks,
      AtlasInits inits,
      Map<String, @Nullable Object> fields,
      String origin) {
    this.blocks = blocks;
    this.inits = inits;
    this.fields = new HashMap<>(fields);
    this.origin = origin;
  }

  void describe(Body body, Module module) {
    run(body, module, new int[1]);
  }

  private void run(Body body, Module module, int[] place) {
    if (++depth > DEEPEST) {
      throw new TenonException(
          "The description nests too deeply: file=%s, allowed=%d".formatted(origin, DEEPEST));
    }
    List<AtlasStatement> list = body.statements();
    if (body.block() != null) {
      Body block = blocks.get(body.block());
      if (block == null) {
        throw new TenonException("The description lacks a block: block=" + body.block());
      }
      list = block.statements();
    }
    for (AtlasStatement statement : list) {
      if (++statements > MOST_STATEMENTS) {
        throw new TenonException(
            "The config describes too many modules and tensors: file=%s, allowed=%d"
                .formatted(origin, MOST_STATEMENTS));
      }
      run(statement, module, place);
    }
    depth--;
  }

  private void run(AtlasStatement statement, Module module, int[] place) {
    if (statement instanceof AtlasStatement.Expect expect) {
      check(expect);
    } else if (statement instanceof AtlasStatement.Add add) {
      module.add(name(add.name(), place), child -> run(add.body(), child, new int[1]));
    } else if (statement instanceof AtlasStatement.Named named) {
      long[] dims = dims(named.shape());
      boolean bias = Python.truth(named.bias().value(fields));
      module.add(name(named.name(), place), child -> torch(named, dims, bias, child));
    } else if (statement instanceof AtlasStatement.Param param) {
      long[] dims = dims(param.shape());
      if (param.frozen()) {
        module.frozen(param.name(), InitRule.UNKNOWN, dims);
      } else {
        module.parameter(param.name(), InitRule.UNKNOWN, dims);
      }
    } else if (statement instanceof AtlasStatement.Buffer buffer) {
      buffer(buffer, module);
    } else if (statement instanceof AtlasStatement.Initialize todo) {
      if (inits.said()) {
        inits.apply(todo.steps(), module, fields);
      }
    } else if (statement instanceof AtlasStatement.For loop) {
      repeat(loop, module, place);
    } else if (statement instanceof AtlasStatement.If choice) {
      boolean holds = Python.truth(choice.condition().value(fields));
      run(holds ? choice.yes() : choice.no(), module, place);
    }
  }

  private void repeat(AtlasStatement.For loop, Module module, int[] place) {
    long count = Python.whole(loop.count().value(fields));
    Object before = fields.get(loop.loop());
    for (long i = 0; i < count; i++) {
      if (++statements > MOST_STATEMENTS) {
        throw new TenonException(
            "The config describes too many modules and tensors: file=%s, allowed=%d"
                .formatted(origin, MOST_STATEMENTS));
      }
      fields.put(loop.loop(), i);
      run(loop.body(), module, place);
    }
    fields.put(loop.loop(), before);
  }

  private void check(AtlasStatement.Expect expect) {
    Object value;
    try {
      value = expect.condition().value(fields);
    } catch (RuntimeException e) {
      return; // It is about a field that this config has no use for.
    }
    if (value != null && Python.truth(value) != expect.holds()) {
      throw AtlasFields.refused(origin, "expected", expect.text());
    }
  }

  private void buffer(AtlasStatement.Buffer buffer, Module module) {
    long[] dims = dims(buffer.shape());
    Value none = Value.zeros(buffer.dtype(), dims);
    if (buffer.fixed()) {
      module.fixedBuffer(buffer.name(), buffer.persistent(), buffer.dtype(), none, dims);
    } else {
      module.buffer(buffer.name(), buffer.persistent(), buffer.dtype(), none, dims);
    }
  }

  private void torch(AtlasStatement.Named named, long[] dims, boolean bias, Module module) {
    String kind = named.kind();
    boolean table = kind.equals("Embedding");
    boolean norm = kind.endsWith("Norm") || kind.startsWith("BatchNorm");
    module.kind(table ? Module.Kind.EMBEDDING : norm ? Module.Kind.NORM : Module.Kind.LINEAR);
    module.parameter("weight", InitRule.UNKNOWN, dims);
    if (bias && !table) {
      module.parameter("bias", InitRule.UNKNOWN, norm ? dims : new long[] {dims[0]});
    }
    if (kind.startsWith("BatchNorm")) {
      module.buffer("running_mean", true, DType.F32, Value.zeros(DType.F32, dims), dims);
      module.buffer("running_var", true, DType.F32, Value.ones(DType.F32, dims), dims);
      module.buffer("num_batches_tracked", true, DType.I64, Value.zeros(DType.I64));
    }
    if (inits.said()) {
      inits.applyToKind(named.init(), kind, module, fields);
    }
  }

  private long[] dims(List<Expression> shape) {
    long[] dims = new long[shape.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Python.whole(shape.get(i).value(fields));
    }
    return dims;
  }

  private String name(List<Object> parts, int[] place) {
    if (parts.size() == 1 && parts.get(0).equals("#")) {
      return Integer.toString(place[0]++);
    }
    StringBuilder name = new StringBuilder();
    for (Object part : parts) {
      name.append(part instanceof Expression e ? e.value(fields) : part);
    }
    if (name.isEmpty() || name.indexOf(".") >= 0 || name.length() > LONGEST_NAME) {
      throw new TenonException(
          "The description names no module: file=%s, name=%s"
              .formatted(origin, name.substring(0, Math.min(name.length(), 80))));
    }
    return name.toString();
  }
}
