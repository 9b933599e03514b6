package dev.tenon.skeleton.file;

import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads what a skeleton file says about names: patterns, renamings and conversions. */
@SuppressWarnings("exports") // For the rooms of this module.
public final class SpellingReader {
  private static final Pattern GROUP = Pattern.compile("\\$(\\d+)");
  private static final int HIGHEST_DIM = 63;
  private static final int LONGEST_PATTERN = 4096;
  private static final int HIGHEST_LANE = 1 << 16;
  private static final Set<String> SHUFFLE =
      Set.of("deinterleave", "interleave", "groups", "lanes");

  private SpellingReader() {}

  /** What an object says of names; nothing where a field is left out. */
  public static Patterns patternsOf(SkeletonNode node) {
    return new Patterns(
        patterns(node, "ignoreMissing"),
        patterns(node, "ignoreUnexpected"),
        patterns(node, "ignoreOnSave"),
        texts(node, "keepInFp32"),
        texts(node, "keepInFp32Strict"));
  }

  private static List<Pattern> patterns(SkeletonNode node, String name) {
    return node.has(name)
        ? node.field(name).items().stream().map(SpellingReader::pattern).toList()
        : List.of();
  }

  private static List<String> texts(SkeletonNode node, String name) {
    return node.has(name) ? node.field(name).texts() : List.of();
  }

  public static Renaming renaming(SkeletonNode node) {
    node.only(Set.of("scope", "source", "target", "after", "inverse"));
    Pattern source = pattern(node.field("source"));
    String target = replacement(node.field("target"), groups(source));
    Pattern after = node.has("after") ? pattern(node.field("after")) : null;
    Renaming back = null;
    if (node.has("inverse")) {
      SkeletonNode inverse = node.field("inverse").only(Set.of("source", "target"));
      Pattern found = pattern(inverse.field("source"));
      back = new Renaming("", found, replacement(inverse.field("target"), groups(found)));
    }
    return new Renaming(scope(node), source, target, after, back);
  }

  public static Conversion conversion(SkeletonNode node) {
    node.only(Set.of("scope", "sources", "targets", "operations"));
    int groups = 0;
    for (SkeletonNode source : node.field("sources").items()) {
      groups = Math.max(groups, groups(pattern(source)));
    }
    for (SkeletonNode target : node.field("targets").items()) {
      target(target, groups);
    }
    return new Conversion(
        scope(node),
        node.field("sources").texts(),
        node.field("targets").texts(),
        node.field("operations").items().stream().map(SpellingReader::operation).toList());
  }

  private static Operation operation(SkeletonNode node) {
    if (node.has("stack")) {
      return new Operation.Stack(dim(node.only(Set.of("stack")).field("stack")));
    } else if (node.has("unstack")) {
      return new Operation.Unstack(dim(node.only(Set.of("unstack")).field("unstack")));
    } else if (node.has("concatenate")) {
      return new Operation.Concatenate(dim(node.only(Set.of("concatenate")).field("concatenate")));
    } else if (node.has("chunk")) {
      return new Operation.Chunk(dim(node.only(Set.of("chunk")).field("chunk")));
    } else if (node.has("transpose")) {
      List<SkeletonNode> dims = node.only(Set.of("transpose")).field("transpose").items(2);
      return new Operation.Transpose(dim(dims.get(0)), dim(dims.get(1)));
    }
    if (node.has("deinterleave")) {
      return new Operation.Deinterleave(
          dim(node.only(SHUFFLE).field("deinterleave")), runs(node), lanes(node));
    } else if (node.has("interleave")) {
      return new Operation.Interleave(
          dim(node.only(SHUFFLE).field("interleave")), runs(node), lanes(node));
    }
    throw node.wrong("stack|unstack|concatenate|chunk|transpose|deinterleave|interleave");
  }

  private static int runs(SkeletonNode node) {
    return node.has("groups") ? (int) node.field("groups").integer(1, Integer.MAX_VALUE) : 1;
  }

  private static List<Integer> lanes(SkeletonNode node) {
    return node.has("lanes")
        ? node.field("lanes").items().stream().map(i -> (int) i.integer(0, HIGHEST_LANE)).toList()
        : List.of();
  }

  private static int dim(SkeletonNode node) {
    return (int) node.integer(-HIGHEST_DIM - 1L, HIGHEST_DIM);
  }

  private static String scope(SkeletonNode node) {
    return node.has("scope") ? node.field("scope").text() : "";
  }

  private static Pattern pattern(SkeletonNode node) {
    if (node.text().length() > LONGEST_PATTERN) {
      throw node.wrong("at most " + LONGEST_PATTERN + " characters");
    }
    try {
      return Pattern.compile(node.text());
    } catch (PatternSyntaxException e) {
      throw node.wrong("a regular expression (" + e.getDescription() + ")");
    } catch (StackOverflowError e) {
      throw node.wrong("a regular expression of fewer groups in groups");
    }
  }

  private static int groups(Pattern pattern) {
    return pattern.matcher("").groupCount();
  }

  /** What Java takes as a replacement, its groups by number and all there. */
  private static String replacement(SkeletonNode node, int groups) {
    String text = target(node, groups);
    try {
      Pattern.compile("()".repeat(groups)).matcher("").replaceFirst(text);
      return text;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw node.wrong("a replacement (" + e.getMessage() + ")");
    }
  }

  /** A text whose groups are all there. */
  private static String target(SkeletonNode node, int groups) {
    Matcher references = GROUP.matcher(node.text());
    while (references.find()) {
      if (references.group(1).charAt(0) - '0' > groups) {
        throw node.wrong("references to at most " + groups + " groups");
      }
    }
    return node.text();
  }
}
