package dev.tenon.plan.names;

/**
 * The part of a model a renaming or conversion belongs to: which keys it sees, and from where on.
 * Keys may stand with the base model's prefix or without it.
 */
public final class Scope {
  private final boolean whole;
  private final String based;
  private final String bare;

  /**
   * The scope of a sub-model.
   *
   * @param path where it stands in the model; empty for the model itself
   * @param basePrefix the skeleton's base prefix, or empty
   */
  public Scope(String path, String basePrefix) {
    whole = path.isEmpty();
    String inner = path;
    if (!basePrefix.isEmpty() && (path + ".").startsWith(basePrefix + ".")) {
      inner = path.equals(basePrefix) ? "" : path.substring(basePrefix.length() + 1);
    }
    bare = inner.isEmpty() ? "" : inner + ".";
    based = basePrefix.isEmpty() ? bare : basePrefix + "." + bare;
  }

  /** Where the part of the key begins that this scope sees, or -1 if the key is not in it. */
  public int start(String key) {
    if (whole) {
      return 0;
    } else if (key.startsWith(based)) {
      return based.length();
    }
    return key.startsWith(bare) ? bare.length() : -1;
  }
}
