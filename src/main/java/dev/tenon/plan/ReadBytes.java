package dev.tenon.plan;

/**
 * Bytes that files hold, by the way they became tensors; each counts once, but for those that had
 * to be read ahead, which count among the populated too. All zero in the report of a plan.
 *
 * @param mapped views of the file, whose pages come in when they are first touched
 * @param populated views of the file, every page of which is in
 * @param readAhead those of the populated that were not in memory before, what lay between them,
 *     and what was read before it was known which would be
 * @param copied read into memory of the tensors' own, as they are
 * @param converted read into memory of the tensors' own, in another dtype or layout
 */
public record ReadBytes(long mapped, long populated, long readAhead, long copied, long converted) {
  /** Nothing was read. */
  public static final ReadBytes NONE = new ReadBytes(0, 0, 0, 0, 0);

  /** These and others. */
  public ReadBytes plus(ReadBytes other) {
    return new ReadBytes(
        mapped + other.mapped,
        populated + other.populated,
        readAhead + other.readAhead,
        copied + other.copied,
        converted + other.converted);
  }
}
