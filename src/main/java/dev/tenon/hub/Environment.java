package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.http.Floor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
public record Environment(Map<String, String> variables, Path home) {
  public static final String LEAST_RATE = "TENON_HUB_LEAST_RATE";
  private static final String ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");

  public static Environment ofProcess() {
    return new Environment(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The directory of the cache. */
  public Path cache() {
    String cache = first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
    return cache == null ? hfHome().resolve("hub") : path(cache);
  }

  /** The address of the hub. */
  public String endpoint() {
    String endpoint = first("HF_ENDPOINT");
    return endpoint == null ? ENDPOINT : endpoint.strip();
  }

  /** Whether the network is not to be used. */
  public boolean offline() {
    return isTrue(first("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"));
  }

  /** Whether files are to be copied where links would be made. */
  public boolean withoutLinks() {
    return isTrue(first("HF_HUB_DISABLE_SYMLINKS"));
  }

  /** How long a server may be silent. */
  public Duration patience() {
    String seconds = first("HF_HUB_DOWNLOAD_TIMEOUT");
    if (seconds == null) {
      return Duration.ofSeconds(10);
    } else if (!seconds.strip().matches("[1-9]\\d{0,5}")) {
      throw new TenonException("Not a number of seconds: HF_HUB_DOWNLOAD_TIMEOUT=" + seconds);
    }
    return Duration.ofSeconds(Long.parseLong(seconds.strip()));
  }

  /** The slowest rate at which bytes are waited for, in bytes per second. */
  public long leastRate() {
    String bytes = first(LEAST_RATE);
    if (bytes == null) {
      return Floor.STANDARD;
    } else if (!bytes.strip().matches("\\d{1,12}")) {
      throw new TenonException("Not a number of bytes per second: " + LEAST_RATE + "=" + bytes);
    }
    return Long.parseLong(bytes.strip());
  }

  /** The token to show to the hub, or null if there is none. */
  @Nullable
  public String token() {
    if (isTrue(first("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) {
      return null;
    }
    String token = first("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN");
    return clean(token == null ? tokenFile() : token);
  }

  private @Nullable String tokenFile() {
    String named = first("HF_TOKEN_PATH");
    Path file = named == null ? hfHome().resolve("token") : path(named);
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new TenonException("The token cannot be read: file=" + file, e);
    }
  }

  private static @Nullable String clean(@Nullable String token) {
    String clean = token == null ? "" : token.replaceAll("[\r\n]", "").strip();
    return clean.isEmpty() ? null : clean;
  }

  /** The proxy for a scheme, or null if there is none. */
  @Nullable
  public String proxy(String scheme) {
    String name = scheme + "_proxy";
    String upper = name.toUpperCase(Locale.ROOT);
    return first(name, upper, "all_proxy", "ALL_PROXY");
  }

  /** The hosts no proxy is for, separated by commas. */
  public String noProxy() {
    String hosts = first("no_proxy", "NO_PROXY");
    return hosts == null ? "" : hosts;
  }

  private static boolean isTrue(@Nullable String value) {
    return value != null && TRUE.contains(value.toUpperCase(Locale.ROOT));
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
