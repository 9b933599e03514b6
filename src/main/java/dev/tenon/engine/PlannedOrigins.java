package dev.tenon.engine;

import dev.tenon.checkpoint.Stored;
import dev.tenon.engine.init.Rules;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.Step;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says of every slot of a plan how it will get its bytes. Pure: needs no libtorch. */
public final class PlannedOrigins {
  private PlannedOrigins() {}

  /** An origin for each step of a plan, in order, if no user's initialiser writes a slot. */
  public static List<SlotOrigin> of(LoadPlan plan) {
    @Nullable InitRule[] rules = new InitRule[plan.steps().size()];
    for (InitStep step : plan.skeleton().steps()) {
      if (!(step.rule() instanceof InitRule.Part)) {
        rules[step.slot()] = step.rule();
      }
    }
    Map<String, PackedWeight> packed = new HashMap<>();
    for (PackedWeight weight : plan.packed()) {
      weight.tensors().forEach(tensor -> packed.put(tensor, weight));
    }
    List<SlotOrigin> origins = new ArrayList<>(rules.length);
    Map<InitRule, SlotOrigin> drawn = new HashMap<>();
    for (int i = 0; i < rules.length; i++) {
      Step step = plan.steps().get(i);
      SlotOrigin origin = origin(plan, step, rules[i], drawn);
      PackedWeight weight = packed.get(step.slot().name());
      origins.add(
          weight == null || !(step instanceof Step.Read)
              ? origin
              : new SlotOrigin(origin.kind(), origin.from() + ", packed " + weight.packing()));
    }
    for (LowRank change : plan.changes()) {
      SlotOrigin before = origins.get(change.slot());
      String with = before.from() + " + " + change.adapter();
      if (!before.from().endsWith(" + " + change.adapter())) {
        origins.set(change.slot(), new SlotOrigin(SlotOrigin.Kind.CONVERTED, with));
      }
    }
    return origins;
  }

  private static SlotOrigin origin(
      LoadPlan plan, Step step, @Nullable InitRule rule, Map<InitRule, SlotOrigin> drawn) {
    if (step instanceof Step.Read read) {
      boolean loaded = read.entry().dtype() == read.dtype() || read.unpacks();
      return new SlotOrigin(
          loaded ? SlotOrigin.Kind.LOADED : SlotOrigin.Kind.CONVERTED, from(read.entry()));
    } else if (step instanceof Step.Assemble assemble) {
      Set<String> files =
          assemble.pieces().stream()
              .map(piece -> from(piece.entry()))
              .collect(Collectors.toCollection(LinkedHashSet::new));
      return new SlotOrigin(SlotOrigin.Kind.CONVERTED, String.join(", ", files));
    } else if (step instanceof Step.Tied tied) {
      return new SlotOrigin(SlotOrigin.Kind.TIED, plan.skeleton().slots().get(tied.owner()).name());
    } else if (rule instanceof InitRule.Computed) {
      return new SlotOrigin(SlotOrigin.Kind.COMPUTED, Rules.name(rule));
    } else if (rule == null) {
      return new SlotOrigin(SlotOrigin.Kind.INITIALIZED, "parts");
    }
    // Few rules, many slots: naming one takes longer than drawing a small slot.
    return drawn.computeIfAbsent(
        rule, any -> new SlotOrigin(SlotOrigin.Kind.INITIALIZED, Rules.name(any)));
  }

  /** A file's name, and how what it holds was packed. */
  private static String from(Stored entry) {
    String file = entry.file().getFileName().toString();
    return entry instanceof Unpacked weight ? file + ", unpacked " + weight.packing() : file;
  }
}
