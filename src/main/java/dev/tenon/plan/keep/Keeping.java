package dev.tenon.plan.keep;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.tie.Owners;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.Unpacking;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.init.InitStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes of a plan that unpacks one that keeps what is packed as the files hold it. */
public final class Keeping {
  private final LoadPlan plan;
  private final Unpacking unpacking;
  private final ModulePlaces places = new ModulePlaces();
  private final @Nullable KeptSet[] sets;
  private final int[] owners;

  /** Where each slot is among the new ones, or the first of its set. */
  private final int[] at;

  private final List<Slot> slots = new ArrayList<>();
  private final List<Tie> parted;
  private final List<String> warnings;

  private Keeping(LoadPlan plan, Unpacking unpacking) {
    this.plan = plan;
    this.unpacking = unpacking;
    this.sets = new KeptSet[plan.steps().size()];
    this.owners = Owners.of(plan.steps());
    this.at = new int[sets.length];
    this.parted = new ArrayList<>(plan.parted());
    this.warnings = new ArrayList<>(plan.warnings());
  }

  /**
   * The plan that keeps.
   *
   * @param plan what a load does that unpacks, without adapters
   * @param aside tensors for activations and caches, which become buffers
   * @param asFiles whether plain tensors keep the dtype of the files too
   * @throws TenonException if two tensors would have one name, or a tie cannot hold
   */
  public static LoadPlan of(
      LoadPlan plan, Unpacking unpacking, List<TensorEntry> aside, boolean asFiles) {
    return unpacking.unpacked().isEmpty()
        ? plan
        : new Keeping(plan, unpacking).kept(aside, asFiles);
  }

  private LoadPlan kept(List<TensorEntry> aside, boolean asFiles) {
    learnPlaces();
    placeSets();
    List<Slot> buffers = placeSlots(aside);
    List<Step> steps = steps(asFiles);
    for (int i = 0; i < aside.size(); i++) {
      steps.add(new Step.Read(buffers.get(i), buffers.get(i).dtype(), aside.get(i)));
    }
    List<PackedWeight> packed = new ArrayList<>();
    for (KeptSet set : sets) {
      packed.addAll(set == null ? List.of() : set.weights());
    }
    KeptTies ties = new KeptTies(plan, sets, at);
    List<TieCandidate> candidates = ties.candidates(parted, warnings);
    Dialect dialect = KeptDialect.of(plan, sets);
    return new LoadPlan(
        skeleton(ties.declared(), dialect),
        plan.dtype(),
        dialect,
        steps,
        new PlannedTies(Owners.groups(Owners.of(steps)), candidates, parted),
        plan.findings().warning(warnings),
        List.of(),
        packed);
  }

  private void learnPlaces() {
    for (Step step : plan.steps()) {
      if (step instanceof Step.Read read) {
        places.learn(read.entry().name(), read.slot().name());
      }
    }
  }

  private void placeSets() {
    Set<Stored> placed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < sets.length; i++) {
      Step step = plan.steps().get(i);
      if (step instanceof Step.Read read && read.entry() instanceof Unpacked weight) {
        sets[i] = KeptSet.of(read, weight, unpacking);
      } else if (step instanceof Step.Assemble assemble && assemble.unpacks()) {
        sets[i] = KeptSet.of(assemble, unpacking, places, placed);
      }
    }
    for (int i = 0; i < sets.length; i++) {
      KeptSet owner = owners[i] == i ? null : sets[Owners.find(owners, i)];
      if (owner != null && !owner.whole()) {
        throw new TenonException(
            "A slot is tied to one that is put together from packed weights, which cannot be kept packed: target=%s, source=%s"
                .formatted(plan.steps().get(i).slot().name(), owner.slot()));
      }
      sets[i] = owner == null ? sets[i] : owner.of(plan.steps().get(i).slot().name());
    }
  }

  /** Numbers the new slots, and returns the buffers at their end. */
  private List<Slot> placeSlots(List<TensorEntry> aside) {
    for (int i = 0; i < sets.length; i++) {
      at[i] = slots.size();
      KeptSet set = sets[i];
      if (set == null) {
        slots.add(plan.steps().get(i).slot());
        continue;
      }
      for (int k = 0; k < set.names().size(); k++) {
        slots.add(slot(set.names().get(k), set.entries().get(k), Slot.Role.PARAMETER));
      }
    }
    List<Slot> buffers = new ArrayList<>();
    for (TensorEntry entry : aside) {
      buffers.add(slot(places.place(entry.name()), entry, Slot.Role.BUFFER));
    }
    slots.addAll(buffers);
    Set<String> names = new HashSet<>();
    for (Slot slot : slots) {
      if (!names.add(slot.name())) {
        throw new TenonException(
            "Two tensors would have one name if packed weights were kept as they are: tensor=%s, remedy=unpack them"
                .formatted(slot.name()));
      }
    }
    return buffers;
  }

  private static Slot slot(String name, TensorEntry entry, Slot.Role role) {
    return new Slot(name, entry.shape(), entry.dtype(), role, true, false);
  }

  private List<Step> steps(boolean asFiles) {
    List<Step> steps = new ArrayList<>(slots.size());
    for (int i = 0; i < sets.length; i++) {
      Step step = plan.steps().get(i);
      KeptSet set = sets[i];
      if (set == null) {
        Step moved = step instanceof Step.Tied tied ? tied(tied) : step;
        steps.add(asFiles ? StoredDType.of(moved) : moved);
        continue;
      }
      for (int k = 0; k < set.names().size(); k++) {
        Slot slot = slots.get(at[i] + k);
        int owner = Owners.find(owners, i);
        steps.add(
            owner != i
                ? new Step.Tied(slot, slot.dtype(), at[owner] + k)
                : new Step.Read(slot, slot.dtype(), set.entries().get(k)));
      }
    }
    return Owners.tied(steps, Owners.of(steps)); // Tied slots have the dtype their owner has now.
  }

  private Step.Tied tied(Step.Tied step) {
    return new Step.Tied(step.slot(), step.dtype(), at[step.owner()]);
  }

  private Skeleton skeleton(List<Tie> ties, Dialect dialect) {
    Skeleton all = plan.skeleton();
    List<InitStep> rules = new ArrayList<>();
    for (InitStep step : all.steps()) {
      if (sets[step.slot()] == null) {
        rules.add(new InitStep(at[step.slot()], step.rule(), step.always()));
      }
    }
    return new Skeleton(
        all.className(),
        all.modelType(),
        all.basePrefix(),
        slots,
        ties,
        rules,
        all.patterns(),
        all.renamings(),
        dialect.conversions());
  }
}
