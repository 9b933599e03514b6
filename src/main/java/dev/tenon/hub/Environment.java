package dev.tenon.hub;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the process's environment says about the hub, in the variables of {@code huggingface_hub}
 * and with their order of precedence.
 *
 * @param variables the environment
 * @param home the user's home directory
 */
record Environment(Map<String, String> variables, Path home) {
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");

  static Environment ofProcess() {
    return new Environment(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The directory of the cache. */
  Path cache() {
    String cache = first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
    return cache == null ? hfHome().resolve("hub") : path(cache);
  }

  private Path hfHome() {
    String hfHome = first("HF_HOME");
    if (hfHome != null) {
      return path(hfHome);
    }
    String caches = first("XDG_CACHE_HOME");
    return (caches == null ? home.resolve(".cache") : path(caches)).resolve("huggingface");
  }

  /** The first variable of several that is set and not empty. */
  private @Nullable String first(String... names) {
    for (String name : names) {
      String value = variables.get(name);
      if (value != null && !value.isBlank()) {
        return value;
      }
    }
    return null;
  }

  /** A path with {@code ~} and variables put in. */
  private Path path(String text) {
    String home = this.home.toString();
    String tilde = text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text;
    Matcher matcher = VARIABLE.matcher(tilde);
    return Path.of(
        matcher.replaceAll(
            found -> {
              String name = found.group(1) != null ? found.group(1) : found.group(2);
              return Matcher.quoteReplacement(variables.getOrDefault(name, found.group()));
            }));
  }
}
