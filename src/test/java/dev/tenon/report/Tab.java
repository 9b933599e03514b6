package dev.tenon.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A page in a browser: what it shows, what it said, and keys and clicks. */
final class Tab {
  /** Resolves when the page has drawn all it has, to milliseconds since it was asked for. */
  private static final String READY =
      """
      new Promise(done => {
        const look = () => document.documentElement?.dataset.ready
            ? done(Number(document.documentElement.dataset.ready)) : setTimeout(look, 5);
        look();
      })""";

  private final DevTools tools;
  private final String session;
  private double readyMillis;

  Tab(DevTools tools, String session) {
    this.tools = tools;
    this.session = session;
  }

  /** Opens an address, and waits until the page says it is ready. */
  void open(URI address, int width, int height, Map<String, String> media) {
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
    call("Performance.enable", Map.of("timeDomain", "threadTicks"));
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    List<Map<String, String>> features =
        media.entrySet().stream()
            .map(feature -> Map.of("name", feature.getKey(), "value", feature.getValue()))
            .toList();
    call("Emulation.setEmulatedMedia", Map.of("features", features));
    JsonNode opened = call("Page.navigate", Map.of("url", address.toString()));
    if (opened.has("errorText")) {
      throw new AssertionError(address + " does not open: " + opened);
    }
    readyMillis = evaluate(READY).doubleValue();
  }

  /** Milliseconds from asking for the page until it had drawn all it has, as it measured. */
  double readyMillis() {
    return readyMillis;
  }

  /** Seconds of processor time the page's main thread has taken, however busy the machine is. */
  double cpuSeconds() {
    for (JsonNode metric : call("Performance.getMetrics", Map.of()).get("metrics")) {
      if (metric.get("name").asText().equals("TaskDuration")) {
        return metric.get("value").doubleValue();
      }
    }
    throw new AssertionError("The browser does not count what its tasks take");
  }

  /**
   * The value of an expression, once it has one if it is a promise.
   *
   * @throws AssertionError if it throws
   */
  JsonNode evaluate(String expression) {
    JsonNode evaluated =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (evaluated.has("exceptionDetails")) {
      throw new AssertionError(expression + " throws " + evaluated.get("exceptionDetails"));
    }
    return evaluated.get("result").path("value");
  }

  /** The text of each element of a selector. */
  List<String> texts(String selector) {
    JsonNode texts =
        evaluate("[...document.querySelectorAll('" + selector + "')].map(it => it.textContent)");
    return StreamSupport.stream(texts.spliterator(), false).map(JsonNode::asText).toList();
  }

  /** Gives an element the focus. */
  void focus(String selector) {
    evaluate("document.querySelector('" + selector + "').focus()");
  }

  /** Clicks an element. */
  void click(String selector) {
    evaluate("document.querySelector('" + selector + "').click()");
  }

  /** Types a text where the focus is, and waits until the page has answered. */
  void type(String text) {
    call("Input.insertText", Map.of("text", text));
    evaluate("new Promise(done => setTimeout(done, 300))");
  }

  /** Presses a key where the focus is. */
  void press(String key) {
    int code =
        switch (key) {
          case "Enter" -> 13;
          case "Escape" -> 27;
          case "Tab" -> 9;
          case "ArrowLeft" -> 37;
          case "ArrowUp" -> 38;
          case "ArrowRight" -> 39;
          case "ArrowDown" -> 40;
          case "End" -> 35;
          default -> key.charAt(0);
        };
    String text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
    String down = text.isEmpty() ? "rawKeyDown" : "keyDown";
    call(
        "Input.dispatchKeyEvent",
        Map.of("type", down, "key", key, "windowsVirtualKeyCode", code, "text", text));
    call(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
  }

  /** What the page and the browser put on the console, and exceptions. */
  List<String> complaints() {
    return Stream.of("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        .flatMap(kind -> tools.events(session, kind).stream())
        .map(JsonNode::toString)
        .toList();
  }

  /** Addresses that were asked for. */
  List<String> requests() {
    return tools.events(session, "Network.requestWillBeSent").stream()
        .map(event -> event.at("/request/url").asText())
        .toList();
  }

  /** A picture of what is in sight. */
  byte[] screenshot() {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", Map.of("format", "png")).get("data").asText());
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    return tools.call(method, parameters, session);
  }
}
