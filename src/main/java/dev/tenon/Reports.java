package dev.tenon;

import dev.tenon.engine.Loaded;
import dev.tenon.engine.SlotOrigin;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.TieCandidate;
import dev.tenon.skeleton.InitRule;
import dev.tenon.skeleton.InitStep;
import dev.tenon.skeleton.Skeleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a plan into the report of what it does. */
final class Reports {
  private Reports() {}

  /** What a plan would do. */
  static LoadReport of(LoadPlan plan, String device, Millis millis) {
    Map<Integer, List<InitRule>> rules = rules(plan);
    List<SlotReport> slots = new ArrayList<>(plan.steps().size());
    for (int i = 0; i < plan.steps().size(); i++) {
      slots.add(report(plan, plan.steps().get(i), rules.getOrDefault(i, List.of())));
    }
    return of(plan, slots, device, millis);
  }

  /** What a load did. */
  static LoadReport of(Loaded loaded, String device, Millis millis) {
    List<Step> steps = loaded.plan().steps();
    List<SlotReport> slots = new ArrayList<>(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      SlotOrigin origin = loaded.origin(i);
      slots.add(
          new SlotReport(
              steps.get(i).slot(),
              steps.get(i).dtype(),
              Origin.valueOf(origin.kind().name()),
              origin.from()));
    }
    return of(loaded.plan(), slots, device, millis);
  }

  private static LoadReport of(
      LoadPlan plan, List<SlotReport> slots, String device, Millis millis) {
    Skeleton skeleton = plan.skeleton();
    List<List<String>> tied =
        plan.ties().stream()
            .map(group -> group.members().stream().map(i -> name(plan, i)).toList())
            .toList();
    return new LoadReport(
        skeleton.className(),
        skeleton.modelType(),
        plan.dtype(),
        device,
        slots,
        plan.missing(),
        plan.unexpected(),
        plan.mismatched(),
        tied,
        plan.parted(),
        warnings(plan),
        plan.bytes(),
        millis);
  }

  private static SlotReport report(LoadPlan plan, Step step, List<InitRule> rules) {
    if (step instanceof Step.Read read) {
      Origin origin = read.exact() ? Origin.LOADED : Origin.CONVERTED;
      return new SlotReport(
          read.slot(), read.dtype(), origin, read.entry().file().getFileName().toString());
    } else if (step instanceof Step.Assemble assemble) {
      Set<String> files = new LinkedHashSet<>();
      assemble.pieces().forEach(piece -> files.add(piece.entry().file().getFileName().toString()));
      return new SlotReport(
          assemble.slot(), assemble.dtype(), Origin.CONVERTED, String.join(", ", files));
    } else if (step instanceof Step.Tied tied) {
      return new SlotReport(tied.slot(), tied.dtype(), Origin.TIED, name(plan, tied.owner()));
    }
    boolean computed = !rules.isEmpty() && rules.get(rules.size() - 1) instanceof InitRule.Computed;
    return new SlotReport(
        step.slot(),
        step.dtype(),
        computed ? Origin.COMPUTED : Origin.INITIALIZED,
        RuleText.of(rules));
  }

  /** The plan's warnings, and what it cannot know as long as no byte was read. */
  private static List<String> warnings(LoadPlan plan) {
    List<String> warnings = new ArrayList<>(plan.warnings());
    for (TieCandidate tie : plan.candidates()) {
      warnings.add(
          "The files hold both sides of a tie, only their bytes tell if it holds: target=%s, source=%s"
              .formatted(name(plan, tie.target()), name(plan, tie.owner())));
    }
    return warnings;
  }

  /** The rules of slots that rules write, in the order they run. */
  private static Map<Integer, List<InitRule>> rules(LoadPlan plan) {
    Map<Integer, List<InitRule>> rules = new HashMap<>();
    for (InitStep step : plan.skeleton().steps()) {
      if (plan.steps().get(step.slot()) instanceof Step.Initialize) {
        rules.computeIfAbsent(step.slot(), absent -> new ArrayList<>()).add(step.rule());
      }
    }
    return rules;
  }

  private static String name(LoadPlan plan, int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
