package dev.tenon.quantised.formula;

/**
 * What becomes of a value v, with a scale s and a zero z; each step is rounded by itself. As the
 * native core numbers them.
 */
public enum Operation {
  /** v */
  AS_IT_IS,
  /** v · s */
  SCALE,
  /** v ÷ s */
  DIVIDE,
  /** (v − z) · s */
  MINUS_SCALE,
  /** v · s + z */
  SCALE_PLUS,
  /** v · s − z */
  SCALE_MINUS
}
