package dev.tenon.plan.box;

import dev.tenon.plan.names.Literals;
import dev.tenon.plan.names.Scope;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One conversion, ready to be tried on many keys, by one thread. */
public final class Converter {
  /** {@code *.} in a source pattern: any index. */
  private static final String ANY = "*.";

  private final Conversion conversion;
  private final Scope scope;
  private final List<Pattern> sources = new ArrayList<>();
  private final List<Literals> literals = new ArrayList<>();
  private boolean used;

  public Converter(Conversion conversion, String basePrefix) {
    this.conversion = conversion;
    this.scope = new Scope(conversion.scope(), basePrefix);
    for (String source : conversion.sources()) {
      Pattern pattern = Pattern.compile(source.replace(ANY, ".*\\."));
      sources.add(pattern);
      literals.add(Literals.of(pattern));
    }
  }

  /**
   * A key that a conversion acts on.
   *
   * @param converter the conversion
   * @param source which of its source patterns was found
   * @param text what was found
   * @param targets the key with that replaced by each of the targets
   */
  public record Match(Converter converter, int source, String text, List<String> targets) {}

  public Conversion conversion() {
    return conversion;
  }

  /** The ways back of conversions, the last one first. */
  public static List<Converter> back(List<Conversion> conversions, String basePrefix) {
    List<Converter> converters = new ArrayList<>();
    for (int i = conversions.size() - 1; i >= 0; i--) {
      converters.add(new Converter(conversions.get(i).inverse(), basePrefix));
    }
    return converters;
  }

  /** Those that have acted on a key. */
  public static List<Conversion> used(List<Converter> converters) {
    List<Conversion> used = new ArrayList<>();
    for (Converter converter : converters) {
      if (converter.used) {
        used.add(converter.conversion);
      }
    }
    return used;
  }

  /** The first of the converters that acts on the key, or null. */
  public static @Nullable Match matchFirst(List<Converter> converters, String key) {
    for (int i = 0; i < converters.size(); i++) {
      Match match = converters.get(i).match(key);
      if (match != null) {
        return match;
      }
    }
    return null;
  }

  /** As one alternation would: the leftmost find, of the first pattern that has it. */
  private @Nullable Match match(String key) {
    Matcher found = null;
    int source = 0;
    int from = scope.start(key);
    for (int i = 0; from >= 0 && i < sources.size(); i++) {
      if (literals.get(i).allowed(key)) {
        Matcher matcher = Search.first(sources.get(i), key, from);
        if (matcher != null && (found == null || matcher.start() < found.start())) {
          found = matcher;
          source = i;
        }
      }
    }
    if (found == null) {
      return null;
    }
    used = true;
    return new Match(this, source, found.group(), targets(key, found));
  }

  private List<String> targets(String key, Matcher found) {
    String head = key.substring(0, found.start());
    String tail = key.substring(found.end());
    List<String> names = new ArrayList<>(conversion.targets().size());
    for (String target : conversion.targets()) {
      String middle = target;
      for (int group = 1; group <= found.groupCount(); group++) {
        String captured = found.group(group);
        middle = middle.replace("$" + group, captured == null ? "" : captured);
      }
      names.add(head + middle + tail);
    }
    return names;
  }
}
