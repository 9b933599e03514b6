package dev.tenon.load;

import dev.tenon.LoadReport;
import dev.tenon.Origin;
import dev.tenon.SlotReport;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.PlannedOrigins;
import dev.tenon.engine.SlotOrigin;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.Step;
import dev.tenon.plan.place.Placement;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.trace.Millis;
import dev.tenon.trace.Timeline;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Turns a plan into the report of what it does. */
public final class Reports {
  private Reports() {}

  /** What a plan would do. */
  public static LoadReport of(
      LoadPlan plan, Config config, Placement placement, Trace trace, Millis millis) {
    List<String> warnings = new ArrayList<>(plan.warnings());
    for (TieCandidate tie : plan.candidates()) {
      warnings.add(
          "The files hold both sides of a tie, only their bytes tell if it holds: target=%s, source=%s"
              .formatted(name(plan, tie.target()), name(plan, tie.owner())));
    }
    return of(
        plan,
        config,
        PlannedOrigins.of(plan)::get,
        warnings,
        placement,
        new Course(ReadBytes.NONE, trace, millis));
  }

  /**
   * How a load went.
   *
   * @param read bytes by the way they were taken
   * @param trace what was done when, as far as it was looked at
   * @param millis how long its phases took
   */
  record Course(ReadBytes read, Trace trace, Millis millis) {}

  /** What a load did, with a warning if it had to do without the native core. */
  static LoadReport of(Loaded loaded, Config config, Placement placement, Course course) {
    LoadPlan plan = loaded.plan();
    List<String> warnings = new ArrayList<>(plan.warnings());
    String reason = placement.onHost() ? NativeCore.unavailable() : null;
    if (reason != null) {
      warnings.add("There is no native core, so libtorch does its work, slower: reason=" + reason);
    }
    return of(plan, config, loaded::origin, warnings, placement, course);
  }

  private static LoadReport of(
      LoadPlan plan,
      Config config,
      IntFunction<SlotOrigin> origins,
      List<String> warnings,
      Placement placement,
      Course course) {
    warnings.addAll(placement.warnings());
    List<SlotReport> slots = new ArrayList<>(plan.steps().size());
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      SlotOrigin origin = origins.apply(i);
      slots.add(
          new SlotReport(
              step.slot(),
              step.dtype(),
              Origin.valueOf(origin.kind().name()),
              origin.from(),
              placement.devices().get(i)));
    }
    Skeleton skeleton = plan.skeleton();
    List<List<String>> tied = new ArrayList<>();
    for (TieGroup group : plan.ties()) {
      List<String> names = new ArrayList<>();
      for (int member : group.members()) {
        names.add(name(plan, member));
      }
      tied.add(names);
    }
    return new LoadReport(
        skeleton.className(),
        config.claimedClass(),
        skeleton.modelType(),
        plan.dtype(),
        placement.text(),
        slots,
        plan.missing(),
        plan.unexpected(),
        plan.mismatched(),
        tied,
        plan.parted(),
        warnings,
        plan.packed(),
        plan.bytes(),
        course.read,
        Timeline.of(course.trace),
        course.millis);
  }

  private static String name(LoadPlan plan, int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
