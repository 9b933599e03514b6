package dev.tenon.hub.http;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.PartialBlob;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes single requests, and follows redirects itself: the token goes to the hub and to nobody
 * else, from {@code https} no way leads back, and none to anything but a web server. May be used by
 * any number of threads.
 */
public final class HubClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);

  private final Endpoint endpoint;
  private final @Nullable String token;
  private final Proxies proxies;
  private final Floor floor;
  private final HttpClient client;

  public HubClient(Settings settings) {
    endpoint = settings.endpoint();
    token = settings.token();
    proxies = new Proxies(settings.environment());
    floor = settings.floor();
    client =
        HttpClient.newBuilder()
            // One connection a file: several over one would share its window, and end with it.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(floor.window())
            .proxy(proxies)
            .build();
  }

  /**
   * Asks about a file.
   *
   * @return the first answer that tells of the file, which may be a redirect to where its bytes
   *     are, or that tells why there is none
   * @throws Busy if the server wants to be asked later
   */
  public HttpResponse<Void> head(URI file) throws IOException, InterruptedException {
    URI uri = file;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpRequest request =
          request(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
      HttpResponse<Void> response =
          await(client.sendAsync(request, info -> new NoBody()), floor.begin());
      if (!isRedirect(response) || response.headers().firstValue("X-Linked-Etag").isPresent()) {
        return response;
      }
      uri = target(uri, response.headers().firstValue("Location").orElseThrow());
    }
    throw tooManyRedirects(file);
  }

  /**
   * Brings a blob's missing bytes.
   *
   * @return the answer, whose bytes the blob has if its status is 200 or 206
   * @throws Busy if the server wants to be asked later
   */
  public HttpResponse<Void> get(URI file, PartialBlob blob, Tally tally)
      throws IOException, InterruptedException {
    URI uri = file;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpRequest.Builder request = request(uri).GET();
      if (blob.length() > 0) {
        // Without If-Range: the address names a commit, whose files never change, and behind the
        // redirect the ETag is another server's. That the bytes fit together the hash will tell.
        request.header("Range", "bytes=" + blob.length() + "-");
      }
      Pace pace = floor.begin();
      BlobBody body = new BlobBody(blob, tally, pace);
      HttpResponse<Void> response;
      try {
        response = await(client.sendAsync(request.build(), body), pace);
      } finally {
        body.stop();
      }
      if (!isRedirect(response)) {
        return response;
      }
      uri = target(uri, response.headers().firstValue("Location").orElseThrow());
    }
    throw tooManyRedirects(file);
  }

  /**
   * Brings a short answer.
   *
   * @return the answer, without its bytes if its status is not 200 or they are more than {@code
   *     most}
   * @throws Busy if the server wants to be asked later
   */
  public HttpResponse<byte[]> get(URI address, int most) throws IOException, InterruptedException {
    URI uri = address;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      Pace pace = floor.begin();
      HttpResponse<byte[]> response =
          await(client.sendAsync(request(uri).GET().build(), new BytesBody(most, pace)), pace);
      if (!isRedirect(response)) {
        return response;
      }
      uri = target(uri, response.headers().firstValue("Location").orElseThrow());
    }
    throw tooManyRedirects(address);
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "tenon; java/" + Runtime.version().feature())
            .header("Accept-Encoding", "identity");
    if (token != null && endpoint.isOriginOf(uri)) {
      request.header("Authorization", "Bearer " + token);
    }
    String proxy = proxies.authorization(uri);
    return proxy == null ? request : request.header("Proxy-Authorization", proxy);
  }

  private static boolean isRedirect(HttpResponse<?> response) {
    return REDIRECTS.contains(response.statusCode())
        && response.headers().firstValue("Location").isPresent();
  }

  /** Where a redirect leads. */
  public static URI target(URI from, String location) {
    try {
      URI target = from.resolve(location);
      if (Endpoint.isWeb(target)
          && target.getRawUserInfo() == null
          && (Endpoint.isSecure(target) || !Endpoint.isSecure(from))) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new TenonException(
        "The hub leads to an address that is not to be followed: from=%s, location=%s"
            .formatted(from.getHost(), Facts.quote(location)));
  }

  private static TenonException tooManyRedirects(URI file) {
    return new TenonException(
        "The hub leads from one address to the next without end: url=%s, redirects=%d"
            .formatted(file, MOST_REDIRECTS));
  }

  /** Waits for an answer and its bytes, but not when they come too slowly, or not at all. */
  private static <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, Pace pace)
      throws IOException, InterruptedException {
    try {
      while (true) {
        long left = pace.check();
        try {
          return checked(answer.get(left, TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
          // Bytes may have come meanwhile.
        }
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      answer.cancel(true);
    }
  }

  private static <T> HttpResponse<T> checked(HttpResponse<T> response) throws Busy {
    if (BUSY.contains(response.statusCode())) {
      Duration asked =
          response
              .headers()
              .firstValue("Retry-After")
              .map(text -> Backoff.retryAfter(text.strip(), Instant.now()))
              .orElse(null);
      throw new Busy(response.statusCode(), asked);
    }
    return response;
  }

  private static IOException failure(ExecutionException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof TenonException told) {
        throw told;
      }
    }
    Throwable cause = failure.getCause();
    return cause instanceof IOException io ? io : new IOException(Facts.reason(cause), cause);
  }

  /** Ends the connections; a JDK before 21 does so itself once this is no longer used. */
  @Override
  public void close() throws IOException {
    if ((Object) client instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }
}
