package dev.tenon.plan;

import dev.tenon.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may ask of a plan.
 *
 * @param dtype the dtype of floating-point slots, or null for what the checkpoint suggests
 * @param ignoreMismatched treat slots whose stored shape differs as missing, in place of an error
 */
public record PlanOptions(@Nullable DType dtype, boolean ignoreMismatched) {

  /** The checkpoint's own dtype, and every shape must fit. */
  public static final PlanOptions DEFAULT = new PlanOptions(null, false);
}
