package dev.tenon.plan;

import java.util.List;

/**
 * What a plan has to say of how files and model fit. Immutable.
 *
 * @param missing names no file holds and no tie fills, as reported: sorted, without mismatched ones
 *     and without those the family says not to report
 * @param unexpected keys of the files that no slot takes, as they are called after renaming, sorted
 * @param mismatched slots whose stored shape differs, sorted by name; they count as absent
 * @param warnings what a user should know, a sentence each
 */
public record Findings(
    List<String> missing,
    List<String> unexpected,
    List<Mismatch> mismatched,
    List<String> warnings) {

  /** All is as it should be. */
  public static final Findings NONE = new Findings(List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Findings {
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    mismatched = List.copyOf(mismatched);
    warnings = List.copyOf(warnings);
  }

  /** These with other warnings. */
  public Findings warning(List<String> said) {
    return new Findings(missing, unexpected, mismatched, said);
  }
}
