package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A module while its skeleton is being described: own parameters, own buffers, children, each in
 * registration order, and what its initialisation does.
 *
 * <p>Families describe a model with {@link Block}s, functions that fill a module in. Not
 * thread-safe; lives only while a skeleton is built.
 */
public final class Module {
  /** What the default rules tell apart. */
  public enum Kind {
    /** Any linear map or convolution: {@code weight}, {@code bias}. */
    LINEAR,
    /** A table of vectors: {@code weight}. */
    EMBEDDING,
    /** A layer, RMS, group or batch norm. */
    NORM,
    /** {@code torch.nn.LSTM}. */
    LSTM,
    /** {@code torch.nn.MultiheadAttention}. */
    MULTIHEAD_ATTENTION,
    /** Anything the default rules leave alone. */
    OTHER
  }

  public record Parameter(Shape shape, boolean trainable, @Nullable InitRule constructed) {}

  public record Buffer(
      boolean persistent, DType dtype, boolean fixedDtype, Shape shape, InitRule constructed) {}

  public final Map<String, Parameter> parameters = new LinkedHashMap<>();
  public final Map<String, Buffer> buffers = new LinkedHashMap<>();
  public final Map<String, Module> children = new LinkedHashMap<>();
  final List<Consumer<Init>> inits = new ArrayList<>();
  private Kind kind = Kind.OTHER;
  private @Nullable SubModel subModel;

  private final Tally tally;

  /** The root of a tree. */
  Module() {
    this(new Tally());
  }

  private Module(Tally tally) {
    this.tally = tally;
    tally.one();
  }

  /** States the kind the default rules treat this module as. */
  public Module kind(Kind kind) {
    this.kind = kind;
    return this;
  }

  /** The kind the default rules treat this module as. */
  public Kind kind() {
    return kind;
  }

  /** A parameter that some rule initialises. */
  public Module parameter(String name, long... dims) {
    return parameter(name, null, dims);
  }

  /**
   * A parameter, and what its constructor fills it with: what it gets if the family's rules forget
   * it.
   */
  public Module parameter(String name, @Nullable InitRule constructed, long... dims) {
    tally.one();
    parameters.put(name, new Parameter(Shape.of(dims), true, constructed));
    return this;
  }

  /** A parameter that asks for no gradient. */
  public Module frozen(String name, @Nullable InitRule constructed, long... dims) {
    tally.one();
    parameters.put(name, new Parameter(Shape.of(dims), false, constructed));
    return this;
  }

  /** A buffer whose dtype follows the load's if it is floating-point. */
  public Module buffer(String name, boolean persistent, DType dtype, Value value, long... dims) {
    tally.one();
    buffers.put(
        name, new Buffer(persistent, dtype, false, Shape.of(dims), new InitRule.Computed(value)));
    return this;
  }

  /** A buffer that stays in its dtype whatever a load asks for. */
  public Module fixedBuffer(String name, boolean persistent, DType dtype, Value value, long... d) {
    tally.one();
    buffers.put(
        name, new Buffer(persistent, dtype, true, Shape.of(d), new InitRule.Computed(value)));
    return this;
  }

  /** A child; a second one of the same name takes the first one's place. */
  public Module add(String name, Block block) {
    Module child = new Module(tally);
    block.describe(child);
    children.put(name, child);
    return this;
  }

  /** A child only if a condition holds. */
  public Module addIf(boolean condition, String name, Block block) {
    return condition ? add(name, block) : this;
  }

  /** Describes this very module further. */
  public Module with(Block more) {
    more.describe(this);
    return this;
  }

  /** A list of children named 0, 1, … {@code count − 1}. */
  public Module repeat(String name, long count, IntFunction<Block> blocks) {
    tally.require(count);
    return add(
        name,
        list -> {
          for (int i = 0; i < count; i++) {
            list.add(Integer.toString(i), blocks.apply(i));
          }
        });
  }

  /** A list of these children, named by their place. */
  public Module list(String name, List<Block> blocks) {
    return repeat(name, blocks.size(), blocks::get);
  }

  /**
   * Makes this module a model of its own: its config decides the default rules and the ties in its
   * whole subtree.
   */
  public Module model(Config config) {
    return model(config, DefaultRules.of(config));
  }

  /** As {@link #model(Config)}, with rules of the family's own in place of the default ones. */
  public Module model(Config config, InitRules rules) {
    subModel = new SubModel(config, rules);
    return this;
  }

  /** Steps that run when all children are done and after the default rule of this module's kind. */
  public Module init(Consumer<Init> steps) {
    inits.add(steps);
    return this;
  }

  /**
   * Ties two names of this model, if its config allows ties. Both are regular expressions anchored
   * at the model's root, and may name modules, as in the reference: matches are paired in sorted
   * order, sources repeating.
   */
  public Module tie(String target, String source) {
    model().ties.add(new Tie(target, source));
    return this;
  }

  /**
   * A spelling of this model in checkpoints, wherever the model stands: the pattern sees names
   * below it.
   *
   * @param source a regular expression, searched; {@code ^} is the start of the name below this
   *     model
   * @param target what stands there instead; {@code $1} is the first group
   */
  public Module rename(String source, String target) {
    model().renamings.add(Renaming.of(source, target));
    return this;
  }

  /** A layout of this model in checkpoints, wherever the model stands. */
  public Module convert(Conversion conversion) {
    model().conversions.add(conversion);
    return this;
  }

  /**
   * The child under a dotted path.
   *
   * @throws TenonException if there is none
   */
  public Module child(String path) {
    Module module = this;
    for (String name : path.split("\\.")) {
      Module next = module.children.get(name);
      if (next == null) {
        throw new TenonException("No such module: path=" + path + ", lacks=" + name);
      }
      module = next;
    }
    return module;
  }

  /** Whether a child of this name is there. */
  public boolean has(String name) {
    return children.containsKey(name);
  }

  /** The names of the direct children, in registration order, a copy. */
  public List<String> childNames() {
    return List.copyOf(children.keySet());
  }

  /** Removes what a variant of a model does not have: a child, a parameter or a buffer. */
  public Module remove(String name) {
    children.remove(name);
    parameters.remove(name);
    buffers.remove(name);
    return this;
  }

  /** Whether a parameter or buffer of this module itself has this name. */
  public boolean owns(String name) {
    return parameters.containsKey(name) || buffers.containsKey(name);
  }

  @Nullable SubModel subModel() {
    return subModel;
  }

  /** What this model says of names, wherever it stands. */
  Module patterns(Patterns patterns) {
    model().patterns.add(patterns);
    return this;
  }

  /** As {@link #rename(String, String)}. */
  Module rename(Renaming renaming) {
    model().renamings.add(renaming);
    return this;
  }

  private SubModel model() {
    if (subModel == null) {
      throw new TenonException(
          "Ties and spellings are declared by models: call model(config) first");
    }
    return subModel;
  }
}
