/**
 * Talking to a hub: requests with retries, limits on time and rate, proxies, and bodies that end
 * where they should. The only room that knows the network.
 */
@NullMarked
package dev.tenon.hub.http;

import org.jspecify.annotations.NullMarked;
