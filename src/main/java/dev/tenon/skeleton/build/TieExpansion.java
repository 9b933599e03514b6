package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Search;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Turns declared ties into pairs of slots: plain names stay, patterns and module names are matched
 * against all names and paired in sorted order. Source: {@code get_expanded_tied_weights_keys} of
 * transformers 5.18.
 */
final class TieExpansion {
  private static final Pattern PLAIN = Pattern.compile("^[A-Za-z0-9_.]+weight$|bias$");

  private TieExpansion() {}

  static List<Tie> expand(List<Tie> declared, List<String> names) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Tie tie : declared) {
      if (plain(tie.target()) && plain(tie.source())) {
        pairs.put(tie.target(), tie.source());
      } else {
        expand(tie, names, pairs);
      }
    }
    List<Tie> ties = new ArrayList<>(pairs.size());
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      ties.add(new Tie(pair.getKey(), pair.getValue()));
    }
    return ties;
  }

  private static void expand(Tie tie, List<String> names, Map<String, String> pairs) {
    List<String> targets = matches(tie.target(), names);
    List<String> sources = matches(tie.source(), names);
    if (targets.isEmpty() || sources.isEmpty() || targets.size() % sources.size() != 0) {
      throw new TenonException(
          "A declared tie does not pair up: target=%s, matches=%d, source=%s, matches=%d"
              .formatted(tie.target(), targets.size(), tie.source(), sources.size()));
    }
    for (int i = 0; i < targets.size(); i++) {
      String source = sources.get(i % sources.size());
      pairs.put(targets.get(i), pairs.getOrDefault(source, source));
    }
  }

  private static boolean plain(String name) {
    return PLAIN.matcher(name).find();
  }

  private static List<String> matches(String regex, List<String> names) {
    Pattern pattern = Pattern.compile("^(?:" + regex + ")");
    return names.stream().filter(name -> Search.first(pattern, name) != null).sorted().toList();
  }
}
