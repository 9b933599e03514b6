package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Turns a described module tree into slots, ties and steps: one walk down for the names, one walk
 * up for the initialisation, as {@code named_parameters} and {@code smart_apply} go.
 */
final class SkeletonBuilder {
  private final List<Slot> slots = new ArrayList<>();
  private final Map<String, Integer> index = new HashMap<>();
  private final Map<String, Tie> ties = new LinkedHashMap<>();
  private final List<InitStep> steps = new ArrayList<>();
  private final List<Renaming> renamings = new ArrayList<>();
  private final List<Conversion> conversions = new ArrayList<>();
  private Patterns patterns = Patterns.NONE;
  private final List<InitStep> fallbacks = new ArrayList<>();

  static Skeleton build(Architecture architecture, String modelType, Config config) {
    return new SkeletonBuilder().walk(described(architecture, config), architecture, modelType);
  }

  /** The tree of a class's modules. */
  static Module described(Architecture architecture, Config config) {
    Module root = new Module();
    architecture.block(config).describe(root);
    if (root.subModel() == null) {
      root.model(config);
    }
    return root;
  }

  private Skeleton walk(Module root, Architecture architecture, String modelType) {
    parameters("", root);
    buffers("", root);
    initialize("", root, InitRules.NONE);
    completeSteps();
    collectTies("", root);
    patterns = architecture.patterns();
    renamings.addAll(architecture.renamings());
    conversions.addAll(architecture.conversions());
    collectSpellings("", root);
    return new Skeleton(
        architecture.className(),
        modelType,
        architecture.basePrefix(),
        slots,
        List.copyOf(ties.values()),
        steps,
        patterns,
        renamings,
        conversions);
  }

  /** What the whole class says of checkpoints first, then what its sub-models say of their part. */
  private void collectSpellings(String path, Module module) {
    SubModel model = module.subModel();
    if (model != null) {
      for (Patterns more : model.patterns) {
        patterns = patterns.and(more);
      }
      for (Renaming r : model.renamings) {
        renamings.add(r.within(path));
      }
      for (Conversion c : model.conversions) {
        conversions.add(new Conversion(path, c.sources(), c.targets(), c.operations()));
      }
    }
    String prefix = path.isEmpty() ? "" : path + ".";
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      collectSpellings(prefix + child.getKey(), child.getValue());
    }
  }

  private void parameters(String prefix, Module module) {
    for (Map.Entry<String, Module.Parameter> named : module.parameters.entrySet()) {
      Module.Parameter p = named.getValue();
      String name = prefix + named.getKey();
      slot(new Slot(name, p.shape(), DType.F32, Slot.Role.PARAMETER, false, p.trainable()));
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      parameters(prefix + child.getKey() + ".", child.getValue());
    }
  }

  private void buffers(String prefix, Module module) {
    for (Map.Entry<String, Module.Buffer> named : module.buffers.entrySet()) {
      Module.Buffer b = named.getValue();
      Slot.Role role = b.persistent() ? Slot.Role.BUFFER : Slot.Role.TRANSIENT_BUFFER;
      String name = prefix + named.getKey();
      slot(new Slot(name, b.shape(), b.dtype(), role, b.fixedDtype(), false));
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      buffers(prefix + child.getKey() + ".", child.getValue());
    }
  }

  private void slot(Slot slot) {
    index.put(slot.name(), slots.size());
    slots.add(slot);
  }

  private void initialize(String prefix, Module module, InitRules outer) {
    SubModel model = module.subModel();
    InitRules rules = model == null ? outer : model.rules;
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      initialize(prefix + child.getKey() + ".", child.getValue(), rules);
    }
    Init init = new Init(prefix, module, index, slots, steps);
    rules.initialize(module.kind(), init);
    for (Consumer<Init> more : module.inits) {
      more.accept(init);
    }
    Init late = new Init(prefix, module, index, slots, fallbacks);
    for (Map.Entry<String, Module.Parameter> named : module.parameters.entrySet()) {
      InitRule constructed = named.getValue().constructed();
      if (constructed != null) {
        late.rule(named.getKey(), constructed);
      }
    }
    for (Map.Entry<String, Module.Buffer> named : module.buffers.entrySet()) {
      late.rule(named.getKey(), named.getValue().constructed());
    }
  }

  /**
   * Slots the rules forgot get what their constructor gives them, after all others, so that
   * nobody's random numbers move.
   */
  private void completeSteps() {
    boolean[] written = new boolean[slots.size()];
    for (InitStep step : steps) {
      written[step.slot()] |= !(step.rule() instanceof InitRule.Part);
    }
    for (InitStep step : fallbacks) {
      if (!written[step.slot()]) {
        steps.add(step);
        written[step.slot()] = true;
      }
    }
    for (int i = 0; i < written.length; i++) {
      if (!written[i]) {
        throw new TenonException("Nothing initialises a slot: slot=" + slots.get(i).name());
      }
    }
  }

  private void collectTies(String prefix, Module module) {
    SubModel model = module.subModel();
    if (model != null && model.config.flag("tie_word_embeddings", false)) {
      for (Tie tie : TieExpansion.expand(model.ties, names(prefix))) {
        ties.put(prefix + tie.target(), new Tie(prefix + tie.target(), prefix + tie.source()));
      }
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      collectTies(prefix + child.getKey() + ".", child.getValue());
    }
  }

  private List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.name().startsWith(prefix)) {
        names.add(slot.name().substring(prefix.length()));
      }
    }
    return names;
  }
}
