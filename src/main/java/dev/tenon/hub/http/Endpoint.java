package dev.tenon.hub.http;

import dev.tenon.TenonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The hub's address.
 *
 * @param root without a slash at the end
 */
public record Endpoint(URI root) {

  /**
   * Reads an address.
   *
   * @throws TenonException if it is no address of a web server
   */
  public static Endpoint parse(String text) {
    try {
      URI root = new URI(text.replaceFirst("/+$", ""));
      if (isWeb(root) && root.getRawUserInfo() == null && root.getRawQuery() == null) {
        return new Endpoint(root);
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new TenonException(
        "Not a hub's address: HF_ENDPOINT=%s, expected=https://HOST".formatted(Facts.quote(text)));
  }

  /** Where a file of a model is. */
  public URI file(String repo, String revision, String path) {
    String names = encode(path).replace("%2F", "/");
    return URI.create(root + "/" + repo + "/resolve/" + encode(revision) + "/" + names);
  }

  /** Where it is said which files a model has. */
  public URI list(String repo, String commit) {
    return URI.create(root + "/api/models/" + repo + "/revision/" + commit);
  }

  /** Where people read about a model. */
  public String page(String repo) {
    return root + "/" + repo;
  }

  /** Whether an address is the hub's own: only then does it get to see the token. */
  boolean isOriginOf(URI uri) {
    return root.getScheme().equalsIgnoreCase(uri.getScheme())
        && root.getHost().equalsIgnoreCase(uri.getHost())
        && port(root) == port(uri);
  }

  /** Whether an address is one of a web server, and no file's or another protocol's. */
  static boolean isWeb(URI uri) {
    return uri.getHost() != null && (isSecure(uri) || "http".equalsIgnoreCase(uri.getScheme()));
  }

  static boolean isSecure(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : isSecure(uri) ? 443 : 80;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
