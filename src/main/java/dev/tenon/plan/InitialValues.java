package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;

/** What missing slots are drawn with: a config may leave it null as long as nothing is missing. */
public final class InitialValues {
  private InitialValues() {}

  /**
   * Checks that every slot which a plan initialises can be.
   *
   * @throws TenonException if a rule draws with a number that the config leaves null
   */
  public static void require(LoadPlan plan, Config config) {
    Skeleton skeleton = plan.skeleton();
    for (InitStep step : skeleton.steps()) {
      if (plan.steps().get(step.slot()) instanceof Step.Initialize && !step.rule().known()) {
        throw unknown("file=" + config + ", ", skeleton.slots().get(step.slot()), step.rule());
      }
    }
  }

  /** An error that a slot's rule draws with a number that the config leaves null. */
  public static TenonException unknown(String place, Slot slot, InitRule rule) {
    return new TenonException(
        "A missing tensor would be drawn with a number that the config leaves null: %stensor=%s, rule=%s"
            .formatted(place, slot.name(), rule));
  }
}
