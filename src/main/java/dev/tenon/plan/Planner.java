package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.keep.Keeping;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.IgnoredKeys;
import dev.tenon.plan.names.KeyNames;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.plan.tie.Owners;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.plan.tie.TieDecisions;
import dev.tenon.plan.tie.TieForest;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Unpacking;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Matches a checkpoint with a skeleton. Pure: the same headers, skeleton, config and options give
 * the same plan, whatever order the files are in. Stateless and thread-safe.
 */
public final class Planner {
  private Planner() {}

  /**
   * What a load of this checkpoint into this model does. Ties whose two sides the files both hold
   * are left as {@link LoadPlan#candidates()}, unless both are the very same bytes of a file.
   *
   * @param said what the whole config, of which {@code config} may be a part, says of packed
   *     weights
   * @throws TenonException if weights are packed in a way that is not unpacked or are integers, or
   *     8-bit floats, without a scale, whatever the options; if shapes differ and {@code options}
   *     do not allow it, counted, the first of them listed; if no key of the checkpoint is a
   *     slot's; if tensors to convert do not fit together; or if two tied slots have different
   *     shapes
   */
  public static LoadPlan plan(
      Checkpoint checkpoint,
      Skeleton skeleton,
      Config config,
      Quantisation said,
      PlanOptions options) {
    DType dtype = LoadDType.choose(checkpoint, config, options);
    List<Slot> slots = skeleton.slots();
    SlotNames names = new SlotNames(skeleton);
    SlotDTypes dtypes = new SlotDTypes(skeleton.patterns(), dtype);
    Unpacking unpacking = PackedWeights.of(checkpoint, said, names, slots, dtypes);
    Predicate<String> needed = name -> names.locate(name) >= 0;
    List<? extends Stored> entries = unpacking.entries(checkpoint, needed);
    KeyNames keys = KeyNames.of(entries, options.keyMapping(), names);
    Matching matching = Matching.of(skeleton, names, entries, keys);
    @Nullable Claim[] claims = matching.claims();
    RawNumbers.refuse(slots, claims, dtypes);
    PrefixHint hint = PrefixHint.of(skeleton, names, matching, keys.tools());
    Absences.requireAny(checkpoint, skeleton, claims, hint);
    List<Mismatch> mismatched = Mismatches.takeOut(slots, claims);
    if (!mismatched.isEmpty() && !options.ignoreMismatched()) {
      throw Mismatches.error(checkpoint, skeleton, said, mismatched);
    }
    TieForest forest = TieForest.of(slots, names, skeleton.ties());
    TieDecisions ties = TieDecisions.of(forest, claims);
    UnknownPacking.refuse(checkpoint, said, slots, matching, ties);
    List<String> missing = Absences.missing(skeleton, ties, mismatched);
    List<String> unexpected = IgnoredKeys.reported(matching.unmatched(), skeleton);
    List<String> warnings = new ArrayList<>();
    if (hint == null) { // Else it is said which names those are.
      warnings.addAll(MostlyDrawn.warnings(slots, ties, missing, unexpected));
    }
    warnings.addAll(PackedWeights.promised(checkpoint, said, unpacking));
    if (!options.keepPacked()) {
      warnings.addAll(PackedWeights.unpacked(unpacking, dtype));
    }
    warnings.addAll(OwnNames.shadowed(checkpoint));
    warnings.addAll(keys.warnings());
    warnings.addAll(matching.warnings());
    if (hint != null) {
      warnings.add(hint.warning());
    }
    String cause = Mismatches.cause(mismatched);
    if (cause != null) {
      warnings.add("Of the tensors of other shapes than the model's " + cause);
    }
    warnings.addAll(ties.warnings(slots));
    List<Step> steps = Owners.tied(steps(slots, dtypes, claims), ties.owners());
    PackedFloats.refuse(steps);
    PackedWeights.requireTypes(steps);
    LoadPlan plan =
        new LoadPlan(
            skeleton,
            dtype,
            matching.dialect(),
            steps,
            new PlannedTies(Owners.groups(ties.owners()), ties.candidates(), List.of()),
            new Findings(missing, unexpected, mismatched, warnings),
            List.of());
    return options.keepPacked() ? kept(plan, checkpoint, unpacking, needed, options) : plan;
  }

  /** The plan, which leaves what is packed as the files hold it. */
  static LoadPlan kept(
      LoadPlan plan,
      Checkpoint checkpoint,
      Unpacking unpacking,
      Predicate<String> needed,
      PlanOptions options) {
    LoadPlan kept =
        Keeping.of(
            plan, unpacking, unpacking.setAside(checkpoint, needed), options.dtype() == null);
    PackedFloats.refuse(kept.steps());
    return kept;
  }

  /** As above, where the config is the whole one. */
  public static LoadPlan plan(
      Checkpoint checkpoint, Skeleton skeleton, Config config, PlanOptions options) {
    return plan(checkpoint, skeleton, config, Quantisation.of(config), options);
  }

  /**
   * What a load of this checkpoint does when nothing is known about its model: every tensor under
   * its own name, nothing missing and nothing tied, with a warning that says so.
   *
   * @param options the dtype, if there is one, is that of every floating-point tensor; else each
   *     keeps its own
   * @param said what the config says of packed weights
   * @throws TenonException if weights are packed in a way that is not unpacked, or a dtype is asked
   *     for and some are 8-bit floats without a scale
   */
  public static LoadPlan plan(Checkpoint checkpoint, Quantisation said, PlanOptions options) {
    return OwnNames.plan(checkpoint, said, options);
  }

  /** As above, where there is no config. */
  public static LoadPlan plan(Checkpoint checkpoint, PlanOptions options) {
    return plan(checkpoint, Quantisation.NONE, options);
  }

  /**
   * What makes a model from a config alone: everything is initialised, ties are shared, and nothing
   * counts as missing, for there are no files to miss it in.
   *
   * @param dtype the dtype of floating-point slots
   * @throws TenonException if {@code dtype} is not a floating-point one, or two tied slots have
   *     different shapes
   */
  public static LoadPlan initialize(Skeleton skeleton, DType dtype) {
    @Nullable Claim[] claims = new Claim[skeleton.slots().size()];
    TieForest forest = TieForest.of(skeleton.slots(), new SlotNames(skeleton), skeleton.ties());
    TieDecisions ties = TieDecisions.of(forest, claims);
    SlotDTypes dtypes = new SlotDTypes(skeleton.patterns(), LoadDType.floating(dtype));
    List<Step> steps = Owners.tied(steps(skeleton.slots(), dtypes, claims), ties.owners());
    PackedFloats.refuse(steps);
    return new LoadPlan(
        skeleton,
        dtype,
        Dialect.usual(skeleton),
        steps,
        new PlannedTies(Owners.groups(ties.owners()), List.of(), List.of()),
        Findings.NONE,
        List.of());
  }

  private static List<Step> steps(List<Slot> slots, SlotDTypes dtypes, @Nullable Claim[] claims) {
    List<Step> steps = new ArrayList<>(claims.length);
    for (int i = 0; i < claims.length; i++) {
      Slot slot = slots.get(i);
      DType own = dtypes.of(slot);
      Claim claim = claims[i];
      steps.add(claim == null ? new Step.Initialize(slot, own) : claim.step(slot, own));
    }
    return steps;
  }
}
