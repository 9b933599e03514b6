package dev.tenon.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.hub.Environment;
import dev.tenon.hub.EnvironmentTest;
import dev.tenon.hub.Hub;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.HubFixture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest extends HubFixture {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                        | https://hub.co    |",
        "https_proxy=http://p:8080               | https://hub.co    | p:8080",
        "HTTPS_PROXY=p:8080                      | https://hub.co    | p:8080",
        "https_proxy=http://p                    | https://hub.co    | p:80",
        "https_proxy=http://p:1 HTTPS_PROXY=q:1  | https://hub.co    | p:1",
        "https_proxy=http://p:8080               | http://hub.co     |",
        "http_proxy=http://p:8080                | http://hub.co     | p:8080",
        "all_proxy=http://p:8080                 | https://hub.co    | p:8080",
        "https_proxy=p:1 no_proxy=hub.co         | https://hub.co    |",
        "https_proxy=p:1 no_proxy=hub.co         | https://a.hub.co  |",
        "https_proxy=p:1 no_proxy=.hub.co        | https://a.hub.co  |",
        "https_proxy=p:1 no_proxy=*.hub.co       | https://a.hub.co  |",
        "https_proxy=p:1 NO_PROXY=x,hub.co:8443  | https://hub.co:8443 |",
        "https_proxy=p:1 no_proxy=hub.co         | https://nohub.co  | p:1",
        "https_proxy=p:1 no_proxy=*              | https://hub.co    |"
      })
  void proxiesAreTheEnvironments(String variables, String uri, String proxy) {
    Proxy chosen = new Proxies(EnvironmentTest.of(variables)).select(URI.create(uri)).get(0);

    if (proxy == null) {
      assertThat(chosen).isEqualTo(Proxy.NO_PROXY);
    } else {
      InetSocketAddress address = (InetSocketAddress) chosen.address();
      assertThat(address.getHostString() + ":" + address.getPort()).isEqualTo(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://u:secret@p:1", "http://u:secret@", "u:secret p"})
  void whatIsNoProxyIsSaidWithoutItsPassword(String proxy) {
    Proxies proxies = new Proxies(new Environment(java.util.Map.of("http_proxy", proxy), root));

    assertThatThrownBy(() -> proxies.select(URI.create("http://hub.co")))
        .isInstanceOf(TenonException.class)
        .hasMessage("Not an HTTP proxy's address: expected=http://HOST:PORT");
  }

  @Test
  void aDownloadGoesThroughTheProxy() throws IOException {
    server.file("model.safetensors", bytes(1000, 1), false);
    String proxy = server.endpoint().replace("http://", "http://user:password@");
    Environment environment =
        EnvironmentTest.of("HF_ENDPOINT=http://hub.invalid HF_TOKEN=hf_x http_proxy=" + proxy);

    assertHolds(
        Hub.builder(environment).cache(HubCache.at(root)).build().download("org/name"),
        "config.json",
        "generation_config.json",
        "model.safetensors");
    assertThat(server.requests())
        .allMatch(it -> it.target().matches("http://hub.invalid/(api/models/)?org/name/.*"))
        .allMatch(it -> it.header("Proxy-Authorization").equals("Basic dXNlcjpwYXNzd29yZA=="));
  }
}
