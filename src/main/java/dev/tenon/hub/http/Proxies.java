package dev.tenon.hub.http;

import dev.tenon.TenonException;
import dev.tenon.hub.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of {@code http_proxy}, {@code https_proxy}, {@code all_proxy} and {@code no_proxy}.
 * Where none is set, the JDK's own choice, from its system properties, stands.
 */
final class Proxies extends ProxySelector {
  private static final int HTTP_PORT = 80;

  private final Environment environment;
  private final @Nullable ProxySelector otherwise;

  Proxies(Environment environment) {
    this.environment = environment;
    this.otherwise = ProxySelector.getDefault();
  }

  @Override
  public List<Proxy> select(URI uri) {
    URI proxy = proxy(uri);
    if (proxy != null) {
      int port = proxy.getPort() < 0 ? HTTP_PORT : proxy.getPort();
      InetSocketAddress address = InetSocketAddress.createUnresolved(proxy.getHost(), port);
      return List.of(new Proxy(Proxy.Type.HTTP, address));
    }
    return otherwise == null || isExempt(uri) ? List.of(Proxy.NO_PROXY) : otherwise.select(uri);
  }

  /** The {@code Proxy-Authorization} an address's proxy wants, or null. */
  @Nullable String authorization(URI uri) {
    URI proxy = proxy(uri);
    String user = proxy == null ? null : proxy.getUserInfo();
    return user == null
        ? null
        : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable URI proxy(URI uri) {
    String proxy = environment.proxy(uri.getScheme().toLowerCase(Locale.ROOT));
    return proxy == null || isExempt(uri) ? null : parse(proxy);
  }

  private static URI parse(String proxy) {
    try {
      URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below. Not with the text, which may hold a password.
    }
    throw new TenonException("Not an HTTP proxy's address: expected=http://HOST:PORT");
  }

  private boolean isExempt(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    for (String entry : environment.noProxy().toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      String name = entry.replaceFirst("^\\*?\\.", "").replaceFirst(":" + uri.getPort() + "$", "");
      if (entry.equals("*") || host.equals(name) || !name.isEmpty() && host.endsWith("." + name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
}
