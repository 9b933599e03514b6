package dev.tenon.bind;

import java.util.List;

/**
 * What met what when a model's names were compared with a module's. Everything is in the order in
 * which the model, or the module, registers it.
 *
 * @param matched pairs of names that are one tensor once bound
 * @param unmatchedInModel names the module has no place for, as the model calls them; one whose
 *     tensor was matched under a tied name is not among them
 * @param unmatchedInModule places the model has nothing for, as the module calls them; one that is
 *     the same tensor as a matched place is not among them
 * @param mismatched pairs of names that met and cannot be one tensor
 */
public record BindingReport(
    List<Match> matched,
    List<String> unmatchedInModel,
    List<String> unmatchedInModule,
    List<Mismatch> mismatched) {

  /** Copies the lists, so that a report never changes. */
  public BindingReport {
    matched = List.copyOf(matched);
    unmatchedInModel = List.copyOf(unmatchedInModel);
    unmatchedInModule = List.copyOf(unmatchedInModule);
    mismatched = List.copyOf(mismatched);
  }

  /**
   * Two names of one tensor.
   *
   * @param inModel what the model calls it
   * @param inModule what the module calls it
   */
  public record Match(String inModel, String inModule) {}

  /**
   * Two names that met in vain.
   *
   * @param inModel what the model calls it
   * @param inModule what the module calls it
   * @param reason what is there on either side, as {@code key=value} facts
   */
  public record Mismatch(String inModel, String inModule, String reason) {}
}
