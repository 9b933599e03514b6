package dev.tenon.plan.names;

import dev.tenon.skeleton.names.Renaming;
import dev.tenon.skeleton.names.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One renaming, ready to be tried on the keys of one checkpoint, in natural order. */
public final class Spelling {
  /**
   * Spellings of old checkpoints of any model, after the family's own. Source: the {@code legacy}
   * entry of transformers 5.18's {@code conversion_mapping}.
   */
  private static final List<Renaming> LEGACY =
      List.of(
          Renaming.of("LayerNorm.gamma", "LayerNorm.weight"),
          Renaming.of("LayerNorm.beta", "LayerNorm.bias"),
          Renaming.of(".weight_g$", ".parametrizations.weight.original0"),
          Renaming.of(".weight_v$", ".parametrizations.weight.original1"));

  private final Scope scope;
  private final Literals literals;
  private final Renaming renaming;
  private boolean used;

  /** What must be found in a key before this acts; null once it was, or if nothing is asked. */
  private @Nullable Pattern awaited;

  private Spelling(Renaming renaming, String basePrefix) {
    this.scope = new Scope(renaming.scope(), basePrefix);
    this.literals = Literals.of(renaming.source());
    this.renaming = renaming;
    this.awaited = renaming.after();
  }

  /** A family's renamings, then the legacy ones. */
  public static List<Spelling> of(List<Renaming> renamings, String basePrefix) {
    List<Spelling> spellings = new ArrayList<>();
    for (Renaming renaming : renamings) {
      spellings.add(new Spelling(renaming, basePrefix));
    }
    for (Renaming renaming : LEGACY) {
      spellings.add(new Spelling(renaming, basePrefix));
    }
    return List.copyOf(spellings);
  }

  /** The ways back of renamings, the last one first. */
  public static List<Spelling> back(List<Renaming> renamings, String basePrefix) {
    List<Spelling> spellings = new ArrayList<>();
    for (int i = renamings.size() - 1; i >= 0; i--) {
      spellings.add(new Spelling(renamings.get(i).inverse(), basePrefix));
    }
    return spellings;
  }

  /** What a caller asks for, of any model. */
  static List<Spelling> asked(List<KeyMapping> mappings) {
    List<Spelling> spellings = new ArrayList<>();
    for (KeyMapping mapping : mappings) {
      spellings.add(new Spelling(mapping.renaming(), ""));
    }
    return spellings;
  }

  /** Whether it has matched a key. */
  boolean used() {
    return used;
  }

  /** Those that have matched a key. */
  public static List<Renaming> used(List<Spelling> spellings) {
    List<Renaming> used = new ArrayList<>();
    for (Spelling spelling : spellings) {
      if (spelling.used) {
        used.add(spelling.renaming);
      }
    }
    return used;
  }

  /** The key renamed by each of the spellings in turn; the same object if none of them matches. */
  public static String applyAll(List<Spelling> spellings, String key) {
    String renamed = key;
    for (int i = 0; i < spellings.size(); i++) {
      renamed = spellings.get(i).apply(renamed);
    }
    return renamed;
  }

  private String apply(String key) {
    if (awaited != null) {
      int from = scope.start(key);
      if (from < 0 || Search.first(awaited, key, from) == null) {
        return key;
      }
      awaited = null;
    }
    int start = literals.allowed(key) ? scope.start(key) : -1;
    if (start < 0) {
      return key;
    }
    String inner = key.substring(start);
    String renamed = renaming.apply(inner);
    if (renamed == inner) {
      return key;
    }
    used = true;
    return key.substring(0, start).concat(renamed);
  }
}
