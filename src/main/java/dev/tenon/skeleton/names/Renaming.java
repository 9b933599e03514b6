package dev.tenon.skeleton.names;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's spelling of a name and the model's. All renamings of a skeleton are tried on a key
 * in order, and each that matches acts once.
 *
 * @param scope the sub-model this renaming belongs to (its path, empty for the root): only keys
 *     under it, with or without the base prefix, are looked at, and the pattern sees them without
 *     it
 * @param source what to look for, searched, not anchored
 * @param target what stands there instead; {@code $1} is the first group
 * @param after found in a key of checkpoints that use this spelling, in natural order before the
 *     keys it renames; null if every checkpoint may. It tells {@code norm1}, once the second of two
 *     that counted from 0, from the first of two that count from 1
 * @param back what turns the model's name into the checkpoint's, which saving takes; null if it
 *     follows from the others
 */
public record Renaming(
    String scope, Pattern source, String target, @Nullable Pattern after, @Nullable Renaming back) {

  /** A renaming for every checkpoint, whose way back follows from it. */
  public Renaming(String scope, Pattern source, String target) {
    this(scope, source, target, null);
  }

  /** A renaming whose way back follows from it. */
  public Renaming(String scope, Pattern source, String target, @Nullable Pattern after) {
    this(scope, source, target, after, null);
  }

  /** A renaming of the whole model's keys, from a regular expression. */
  public static Renaming of(String source, String target) {
    return new Renaming("", Pattern.compile(source), target);
  }

  /** The same renaming of a sub-model's keys. */
  public Renaming within(String path) {
    return new Renaming(path, source, target, after, back);
  }

  /** The way back. Its own way back is this renaming. */
  public Renaming inverse() {
    return back == null
        ? WayBack.of(this)
        : new Renaming(scope, back.source, back.target, null, this);
  }

  /**
   * Whether it but puts a prefix before all names or takes one off. Then the model's names do not
   * say how a checkpoint spells them, if there was none.
   */
  public boolean changesPrefix() {
    return source.pattern().startsWith("^") && source.pattern().endsWith("(.+)$");
  }

  /** The name with the first match replaced, or the same object if nothing matches. */
  public String apply(String name) {
    Matcher match = Search.first(source, name);
    if (match == null) {
      return name;
    }
    StringBuilder renamed = new StringBuilder();
    match.appendReplacement(renamed, target).appendTail(renamed);
    return renamed.toString();
  }
}
