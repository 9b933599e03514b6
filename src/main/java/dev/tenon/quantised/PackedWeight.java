package dev.tenon.quantised;

import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A weight that a model holds packed: which tensors it is made of, and how its numbers come out of
 * them.
 *
 * @param name what it would be called if it were plain, such as {@code
 *     model.layers.0.mlp.up_proj.weight}
 * @param slot the name of what it is in the model; of an expert or of one of several projections
 *     that the model fuses, of what it is a part of
 * @param shape the sizes it would have
 * @param strides how many codes apart neighbours of each dimension lie, or null for row-major: GPTQ
 *     and AWQ have the rows of a column side by side
 * @param packing scheme, bits and group
 * @param formula how its numbers come out of the tensors, which it calls as the files do
 * @param tensors the names of these in the model; first the one with the scheme's mark, which holds
 *     the codes under most schemes
 */
public record PackedWeight(
    String name,
    String slot,
    Shape shape,
    @Nullable Shape strides,
    Packing packing,
    Formula formula,
    List<String> tensors) {

  /** Copies the list. */
  public PackedWeight {
    tensors = List.copyOf(tensors);
  }

  /**
   * The type of ggml's whose blocks, or plain numbers, its one tensor is; null of any other scheme.
   */
  public @Nullable String ggmlType() {
    return formula.codes().layout().kind() == Layout.Kind.GGML
        ? packing.scheme().substring(packing.scheme().indexOf(' ') + 1).toUpperCase(Locale.ROOT)
        : null;
  }

  /** How codes of less than a byte follow each other. */
  public Layout.Order order() {
    return formula.codes().layout().order();
  }

  /** What is added to a stored zero: 1 in GPTQ's first format, 0 in all others. */
  public int zeroOffset() {
    return formula.zeros() instanceof Formula zeros
            && zeros.table() instanceof Numbers.Fixed table
            && table.values()[0] == 1
        ? 1
        : 0;
  }
}
