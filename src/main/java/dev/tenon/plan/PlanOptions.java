package dev.tenon.plan;

import dev.tenon.plan.names.KeyMapping;
import dev.tenon.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may ask of a plan.
 *
 * @param dtype the dtype of floating-point slots, or null for what the checkpoint suggests
 * @param ignoreMismatched treat slots whose stored shape differs as missing, in place of an error
 * @param keyMapping renamings of the files' keys, applied in order before any other
 * @param keepPacked leave packed weights as the files hold them
 */
public record PlanOptions(
    @Nullable DType dtype,
    boolean ignoreMismatched,
    List<KeyMapping> keyMapping,
    boolean keepPacked) {

  /** Copies the list. */
  public PlanOptions {
    keyMapping = List.copyOf(keyMapping);
  }

  /** Packed weights are unpacked. */
  public PlanOptions(@Nullable DType dtype, boolean ignoreMismatched, List<KeyMapping> keyMapping) {
    this(dtype, ignoreMismatched, keyMapping, false);
  }

  /** Keys are taken as the files spell them. */
  public PlanOptions(@Nullable DType dtype, boolean ignoreMismatched) {
    this(dtype, ignoreMismatched, List.of());
  }

  /** The checkpoint's own dtype, and every shape must fit. */
  public static final PlanOptions DEFAULT = new PlanOptions(null, false);
}
