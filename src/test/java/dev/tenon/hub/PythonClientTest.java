package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One cache, two clients. Skipped where {@code python3}, or what {@code -Dtenon.python} names, has
 * no {@code huggingface_hub}.
 */
class PythonClientTest extends HubFixture {
  private static final String PYTHON = System.getProperty("tenon.python", "python3");
  private static final String[] ALL = {
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json"
  };

  @TempDir private Path logs;

  @BeforeAll
  static void python() throws InterruptedException {
    boolean found;
    try {
      found = new ProcessBuilder(PYTHON, "-c", "import huggingface_hub").start().waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    assumeThat(found).as("huggingface_hub for %s; -Dtenon.python names another", PYTHON).isTrue();
  }

  @Test
  void itFindsWhatTenonDownloaded() throws Exception {
    shards();
    Path snapshot = hub().download("org/name");

    assertThat(end(client("find", "main", ALL))).isEqualTo(snapshot.toString());
    assertThat(end(client("find", server.commit(), ALL))).isEqualTo(snapshot.toString());
  }

  @Test
  void tenonFindsWhatItDownloaded() throws Exception {
    shards();
    Path snapshot = Path.of(end(client("fetch", "main")));
    int before = server.asked().size();

    assertThat(HubCache.at(root).require(ModelName.parse("org/name"))).isEqualTo(snapshot);
    assertThat(builder().offline(true).build().download("org/name")).isEqualTo(snapshot);
    assertHolds(hub().download("org/name"), ALL);
    assertThat(server.asked().stream().skip(before))
        .allMatch(
            it -> it.startsWith("HEAD") || it.startsWith("GET /api/models/org/name/revision/"));
    assertThat(end(client("find", "main", ALL))).isEqualTo(snapshot.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothAtOnceBringEachFileOnce(boolean pythonFirst) throws Exception {
    shards();
    server.slow(30_000_000);
    Process first = pythonFirst ? client("fetch", "main") : tenon();
    assertThat(first.getInputStream().readNBytes(6)).asString().isEqualTo("begun\n");
    Process second = pythonFirst ? tenon() : client("fetch", "main");

    Path snapshot = Path.of(end(first));
    assertThat(end(second)).isEqualTo(snapshot.toString());
    assertHolds(snapshot, ALL);
    assertThat(end(client("find", "main", ALL))).isEqualTo(snapshot.toString());
    Map<String, Long> brought =
        server.asked().stream()
            .filter(it -> it.startsWith("GET /bytes/"))
            .collect(Collectors.groupingBy(it -> it, Collectors.counting()));
    assertThat(brought).hasSize(2).allSatisfy((address, times) -> assertThat(times).isOne());
  }

  private Process tenon() throws IOException {
    return DownloadMain.start(server.endpoint(), root, "org/name");
  }

  private Process client(String command, String revision, String... files) throws Exception {
    Path script = Path.of(PythonClientTest.class.getResource("/hub/client.py").toURI());
    List<String> line =
        new ArrayList<>(List.of(PYTHON, script.toString(), command, root.toString(), revision));
    line.addAll(List.of(files));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().keySet().removeIf(it -> it.startsWith("HF_"));
    builder.environment().put("HF_HOME", logs.toString());
    builder.environment().put("HF_ENDPOINT", server.endpoint());
    builder.redirectError(Files.createTempFile(logs, "client", ".log").toFile());
    return builder.start();
  }

  /** The last line of a process that has to end well. */
  private static String end(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    List<String> lines = out.lines().toList();
    return lines.get(lines.size() - 1);
  }
}
