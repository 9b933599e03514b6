package dev.tenon.skeleton;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    Module root = new Module();
    architecture.block(config).describe(root);
    if (root.subModel() == null) {
      root.model(config);
    }
    return new SkeletonBuilder().walk(root, architecture, modelType);
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
      model.patterns.forEach(more -> patterns = patterns.and(more));
      model.renamings.forEach(r -> renamings.add(new Renaming(path, r.source(), r.target())));
      model.conversions.forEach(
          c -> conversions.add(new Conversion(path, c.sources(), c.targets(), c.operations())));
    }
    String prefix = path.isEmpty() ? "" : path + ".";
    module.children.forEach((name, child) -> collectSpellings(prefix + name, child));
  }

  private void parameters(String prefix, Module module) {
    module.parameters.forEach(
        (name, p) ->
            slot(
                new Slot(
                    prefix + name,
                    p.shape(),
                    DType.F32,
                    Slot.Role.PARAMETER,
                    false,
                    p.trainable())));
    module.children.forEach((name, child) -> parameters(prefix + name + ".", child));
  }

  private void buffers(String prefix, Module module) {
    module.buffers.forEach(
        (name, b) -> {
          Slot.Role role = b.persistent() ? Slot.Role.BUFFER : Slot.Role.TRANSIENT_BUFFER;
          slot(new Slot(prefix + name, b.shape(), b.dtype(), role, b.fixedDtype(), false));
        });
    module.children.forEach((name, child) -> buffers(prefix + name + ".", child));
  }

  private void slot(Slot slot) {
    index.put(slot.name(), slots.size());
    slots.add(slot);
  }

  private void initialize(String prefix, Module module, InitRules outer) {
    SubModel model = module.subModel();
    InitRules rules = model == null ? outer : model.rules;
    module.children.forEach((name, child) -> initialize(prefix + name + ".", child, rules));
    Init init = new Init(prefix, module, index, slots, steps);
    rules.initialize(module.kind(), init);
    module.inits.forEach(more -> more.accept(init));
    Init late = new Init(prefix, module, index, slots, fallbacks);
    module.parameters.forEach(
        (name, p) -> {
          if (p.constructed() != null) {
            late.rule(name, p.constructed());
          }
        });
    module.buffers.forEach((name, b) -> late.copy(name, b.value()));
  }

  /**
   * Slots the rules forgot get what their constructor gives them, after all others, so that
   * nobody's random numbers move.
   */
  private void completeSteps() {
    boolean[] written = new boolean[slots.size()];
    steps.forEach(step -> written[step.slot()] |= !(step.rule() instanceof InitRule.Part));
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
    module.children.forEach((name, child) -> collectTies(prefix + name + ".", child));
  }

  private List<String> names(String prefix) {
    return slots.stream()
        .map(Slot::name)
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }
}
