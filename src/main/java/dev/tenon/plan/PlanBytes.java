package dev.tenon.plan;

import java.util.List;

/**
 * Sizes in bytes, each slot in the dtype it has in the model.
 *
 * @param loaded what comes from files
 * @param initialized what rules write
 * @param tied what sharing saves: the tensors that names without memory of their own would take
 */
public record PlanBytes(long loaded, long initialized, long tied) {

  static PlanBytes of(List<Step> steps) {
    long loaded = 0;
    long initialized = 0;
    long tied = 0;
    for (Step step : steps) {
      long bytes = step.bytes();
      if (step instanceof Step.Tied) {
        tied += bytes;
      } else if (step instanceof Step.Initialize) {
        initialized += bytes;
      } else {
        loaded += bytes;
      }
    }
    return new PlanBytes(loaded, initialized, tied);
  }
}
