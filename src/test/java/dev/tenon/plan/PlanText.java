package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Config;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans in tests, and their steps as text: {@code slot < key}, {@code slot = owner}, {@code slot!}.
 */
public final class PlanText {
  private PlanText() {}

  public static LoadPlan plan(Checkpoint checkpoint, Models model) {
    return plan(checkpoint, model, PlanOptions.DEFAULT);
  }

  public static LoadPlan plan(Checkpoint checkpoint, Models model, PlanOptions options) {
    return Planner.plan(checkpoint, model.skeleton(), Config.defaults(), options);
  }

  public static List<String> steps(LoadPlan plan) {
    List<String> text = new ArrayList<>();
    for (Step step : plan.steps()) {
      String name = step.slot().name();
      if (step instanceof Step.Read read) {
        text.add(name + " < " + read.entry().name());
      } else if (step instanceof Step.Assemble assemble) {
        text.add(name + " < " + assemble.pieces().size() + " pieces");
      } else if (step instanceof Step.Tied tied) {
        text.add(name + " = " + plan.steps().get(tied.owner()).slot().name());
      } else {
        text.add(name + "!");
      }
    }
    return text;
  }

  /** Names of each group, the owner first. */
  static List<List<String>> groups(LoadPlan plan) {
    List<List<String>> groups = new ArrayList<>();
    for (TieGroup group : plan.ties()) {
      List<String> names = new ArrayList<>();
      names.add(plan.steps().get(group.owner()).slot().name());
      for (int member : group.members()) {
        if (member != group.owner()) {
          names.add(plan.steps().get(member).slot().name());
        }
      }
      groups.add(names);
    }
    return groups;
  }
}
