package dev.tenon.skeleton.atlas;

import dev.tenon.TenonException;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a document's modules are initialised, by the names of steps. A document without any says
 * nothing of it: its slots can be loaded, not made.
 */
final class AtlasInits {
  private final boolean said;
  private final Map<String, List<AtlasStep>> steps = new HashMap<>();

  AtlasInits(SkeletonNode document, AtlasReader reader) {
    this.said = document.has("inits");
    if (said) {
      for (SkeletonNode list : document.field("inits").children()) {
        steps.put(list.name(), AtlasStep.read(list, reader));
      }
    }
  }

  /** Whether the document says how its models are initialised. */
  boolean said() {
    return said;
  }

  /** Gives a module the steps of a name, with the numbers that the fields have now. */
  void apply(String name, Module module, Map<String, @Nullable Object> fields) {
    List<AtlasStep> list = steps.get(name);
    if (list == null) {
      throw new TenonException("The description lacks steps: init=" + name);
    }
    apply(list, module, fields, slot -> true);
  }

  /** As {@link #apply}, for a module of torch: a bias it lacks is left out. */
  void applyToKind(String name, String kind, Module module, Map<String, @Nullable Object> fields) {
    List<AtlasStep> list = steps.get(name);
    if (list != null) {
      apply(list, module, fields, module::owns);
    } else if (!name.equals(kind)) {
      throw new TenonException("The description lacks steps: init=" + name);
    }
  }

  private static void apply(
      List<AtlasStep> list,
      Module module,
      Map<String, @Nullable Object> fields,
      Predicate<String> has) {
    List<AtlasStep.Rule> slots = new ArrayList<>();
    List<@Nullable InitRule> rules = new ArrayList<>();
    collect(list, fields, has, slots, rules);
    module.init(
        init -> {
          for (int i = 0; i < slots.size(); i++) {
            InitRule rule = rules.get(i);
            if (rule == null) {
              init.computed(slots.get(i).slot());
            } else {
              init.rule(slots.get(i).slot(), rule);
            }
          }
        });
  }

  private static void collect(
      List<AtlasStep> list,
      Map<String, @Nullable Object> fields,
      Predicate<String> has,
      List<AtlasStep.Rule> slots,
      List<@Nullable InitRule> rules) {
    for (AtlasStep step : list) {
      if (step instanceof AtlasStep.Choice choice) {
        boolean holds = Python.truth(choice.condition().value(fields));
        collect(holds ? choice.yes() : choice.no(), fields, has, slots, rules);
      } else if (step instanceof AtlasStep.Rule rule && has.test(rule.slot())) {
        slots.add(rule);
        rules.add(rule.under(fields));
      }
    }
  }
}
