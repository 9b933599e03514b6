package dev.tenon.hub.http;

import dev.tenon.hub.Environment;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.HubListener;
import org.jspecify.annotations.Nullable;

/**
 * How a hub is reached and what is done with what it sends.
 *
 * @param environment for what only the network needs to know
 * @param cache where files go
 * @param endpoint the hub
 * @param token shown to it, or null
 * @param offline whether the network is not to be used
 * @param parallel files at once
 * @param floor how slow, and how long silent, a server may be
 * @param backoff between attempts
 * @param listener told how it goes
 */
public record Settings(
    Environment environment,
    HubCache cache,
    Endpoint endpoint,
    @Nullable String token,
    boolean offline,
    int parallel,
    Floor floor,
    Backoff backoff,
    HubListener listener) {

  /** Without the token, which belongs in no log. */
  @Override
  public String toString() {
    return "Hub[endpoint=" + endpoint.root() + ", cache=" + cache.root() + "]";
  }
}
