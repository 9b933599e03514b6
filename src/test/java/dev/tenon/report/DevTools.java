package dev.tenon.report;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A connection in the Chrome DevTools Protocol: calls, their answers, and events. */
final class DevTools implements AutoCloseable, WebSocket.Listener {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PATIENCE_SECONDS = 120;

  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final StringBuilder message = new StringBuilder();
  private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();

  private DevTools() {}

  static DevTools connect(URI address) {
    DevTools tools = new DevTools();
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(address, tools)
        .thenAccept(tools.socket::complete)
        .join();
    return tools;
  }

  /** Calls a method of the browser. */
  JsonNode call(String method, Map<String, ?> parameters) {
    return call(method, parameters, null);
  }

  /**
   * Calls a method of a session.
   *
   * @throws AssertionError if the browser says it failed, or does not answer
   */
  JsonNode call(String method, Map<String, ?> parameters, @Nullable String session) {
    int id = ids.incrementAndGet();
    ObjectNode call = JSON.createObjectNode().put("id", id).put("method", method);
    call.set("params", JSON.valueToTree(parameters));
    if (session != null) {
      call.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    try {
      socket.join().sendText(call.toString(), true).get(PATIENCE_SECONDS, SECONDS);
      JsonNode given = answer.get(PATIENCE_SECONDS, SECONDS);
      if (given.has("error")) {
        throw new AssertionError(method + " failed: " + given.get("error"));
      }
      return given.get("result");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(method + " got no answer", e);
    }
  }

  /** Events of a session so far, by their method. */
  List<JsonNode> events(String session, String method) {
    return events.stream()
        .filter(event -> event.path("sessionId").asText().equals(session))
        .filter(event -> event.path("method").asText().equals(method))
        .map(event -> event.get("params"))
        .toList();
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      JsonNode whole = parsed(message.toString());
      message.setLength(0);
      CompletableFuture<JsonNode> call = calls.remove(whole.path("id").asInt(-1));
      if (call != null) {
        call.complete(whole);
      } else {
        events.add(whole);
      }
    }
    webSocket.request(1);
    return CompletableFuture.completedStage(null);
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    socket.join().abort();
  }
}
