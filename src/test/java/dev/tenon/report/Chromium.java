package dev.tenon.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A headless Chromium, without a network, for as long as this is open. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");
  private static final String LISTENING = "DevTools listening on ";
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final DevTools tools;

  private Chromium(Process process, DevTools tools) {
    this.process = process;
    this.tools = tools;
  }

  /** The browser of this machine: what {@code CHROMIUM} names, else one that is on the path. */
  static Optional<Path> installed() {
    @Nullable String named = System.getenv("CHROMIUM");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a browser with a profile of its own in an empty directory. */
  static Chromium start(Path browser, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                browser.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Chromium(process, DevTools.connect(address(process)));
    } catch (IOException | RuntimeException | Error failure) {
      process.destroyForcibly();
      throw failure;
    }
  }

  private static URI address(Process process) throws IOException {
    BufferedReader err = process.errorReader(UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread drain = new Thread(() -> err.lines().forEach(rest -> {}), "chromium-stderr");
        drain.setDaemon(true);
        drain.start();
        return URI.create(line.substring(LISTENING.length()).strip());
      }
      said.append(line).append('\n');
    }
    throw new IOException("The browser ended before it listened: " + said);
  }

  /** Opens a page in a tab of a size, and waits until it says it is ready. */
  Tab open(Path page, int width, int height, Map<String, String> media) {
    String target =
        tools.call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asText();
    JsonNode attached =
        tools.call("Target.attachToTarget", Map.of("targetId", target, "flatten", true));
    Tab tab = new Tab(tools, attached.get("sessionId").asText());
    tab.open(page.toUri(), width, height, media);
    return tab;
  }

  /** Ends the browser and waits: it writes to its profile until it is gone. */
  @Override
  public void close() {
    tools.close();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    process
        .onExit()
        .orTimeout(PATIENCE_SECONDS, SECONDS)
        .handle(
            (ended, late) -> {
              children.forEach(ProcessHandle::destroyForcibly);
              return process.destroyForcibly();
            })
        .join();
  }
}
