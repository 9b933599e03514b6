package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Findings;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.Mismatch;
import dev.tenon.plan.Step;
import dev.tenon.plan.place.ModulePath;
import dev.tenon.plan.tie.Owners;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a plan while adapters replace some of them: a parameter that was trained whole is
 * read from the adapter's file. What is replaced in place stays tied; what the adapter keeps a copy
 * of is tied to nothing any longer, and the names it was tied to keep what they had.
 */
final class Replacements {
  private final LoadPlan base;
  private final List<LowRank> changes;
  private final List<Step> steps;
  private final List<TieCandidate> candidates;
  private final List<Tie> parted;
  private final List<String> missing;
  private final List<Mismatch> mismatched;

  /** Of a plan, and of changes so far, which what is replaced loses. */
  Replacements(LoadPlan base, List<LowRank> changes) {
    this.base = base;
    this.changes = changes;
    this.steps = new ArrayList<>(base.steps());
    this.candidates = new ArrayList<>(base.candidates());
    this.parted = new ArrayList<>(base.parted());
    this.missing = new ArrayList<>(base.missing());
    this.mismatched = new ArrayList<>(base.mismatched());
  }

  /** What brings a slot's own bytes in, its tensor's owner's if it shares one. */
  Step step(int slot) {
    return steps.get(owner(slot));
  }

  /** The slots that share a tensor with a slot, itself included. */
  List<Integer> sharing(int slot) {
    for (TieGroup group : base.ties()) {
      if (group.members().contains(slot)) {
        List<Integer> sharing = new ArrayList<>(group.members());
        sharing.removeIf(other -> owner(other) != owner(slot));
        return sharing;
      }
    }
    return List.of(slot);
  }

  /** Whether a tie was undone. */
  boolean untied() {
    return parted.size() > base.parted().size();
  }

  /**
   * Replaces a slot, and with it what shares its tensor.
   *
   * @param entry what by
   * @param copied the module whose copy it belongs to, whose slots are tied to none outside of it
   *     from then on; null if it is replaced where it is
   */
  void replace(int slot, TensorEntry entry, @Nullable String copied) {
    Slot it = slotOf(slot);
    if (!entry.shape().equals(it.shape())) {
      throw new TenonException(
          "A parameter of an adapter has another shape than its base's: file=%s, key=%s, actual=%s, expected=%s"
              .formatted(entry.file(), entry.name(), entry.shape(), it.shape()));
    }
    if (copied != null) {
      part(slot, copied);
    }
    List<Integer> sharing = sharing(slot);
    changes.removeIf(change -> sharing.contains(change.slot()));
    int owner = owner(slot);
    steps.set(owner, new Step.Read(slotOf(owner), steps.get(owner).dtype(), entry));
    for (int member : sharing) {
      missing.remove(slotOf(member).name());
      mismatched.removeIf(mismatch -> mismatch.name().equals(slotOf(member).name()));
    }
  }

  /** Undoes the ties between a module's slots that share one's tensor and the slots outside. */
  private void part(int slot, String module) {
    List<Integer> inside = new ArrayList<>();
    List<Integer> outside = new ArrayList<>();
    for (int member : sharing(slot)) {
      (ModulePath.covers(module, slotOf(member).name()) ? inside : outside).add(member);
    }
    for (Tie tie : base.skeleton().ties()) {
      boolean crosses =
          ModulePath.covers(module, tie.target()) != ModulePath.covers(module, tie.source());
      if (crosses && isOf(tie, inside) && !parted.contains(tie)) {
        parted.add(tie);
      }
    }
    candidates.removeIf(
        it ->
            inside.contains(it.target()) != inside.contains(it.owner())
                && (inside.contains(it.target()) || inside.contains(it.owner())));
    if (!outside.isEmpty()) {
      Step step = step(slot);
      share(outside, step);
      share(inside, step);
      int heir = outside.get(0);
      changes.replaceAll(change -> inside.contains(change.slot()) ? change.of(heir) : change);
    }
  }

  private boolean isOf(Tie tie, List<Integer> slots) {
    for (int slot : slots) {
      String name = slotOf(slot).name();
      if (tie.target().equals(name) || tie.source().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Has the first of some slots own what a step brings in, and the others share it. */
  private void share(List<Integer> slots, Step step) {
    int owner = slots.get(0);
    for (int slot : slots) {
      Step.Tied tied = new Step.Tied(slotOf(slot), step.dtype(), owner);
      steps.set(slot, slot == owner ? of(slotOf(owner), step) : tied);
    }
  }

  private static Step of(Slot slot, Step step) {
    if (step instanceof Step.Read read) {
      return new Step.Read(slot, read.dtype(), read.entry());
    } else if (step instanceof Step.Assemble assemble) {
      return new Step.Assemble(slot, assemble.dtype(), assemble.pieces());
    }
    return new Step.Initialize(slot, step.dtype());
  }

  /** The plan as adapters leave it. */
  LoadPlan plan(List<String> warnings) {
    List<String> all = new ArrayList<>(base.warnings());
    all.addAll(warnings);
    List<TieGroup> groups = Owners.groups(Owners.of(steps));
    return base.with(
        steps,
        new PlannedTies(groups, candidates, parted),
        new Findings(missing, base.unexpected(), mismatched, all),
        changes);
  }

  private int owner(int slot) {
    return steps.get(slot) instanceof Step.Tied tied ? tied.owner() : slot;
  }

  private Slot slotOf(int slot) {
    return base.skeleton().slots().get(slot);
  }
}
