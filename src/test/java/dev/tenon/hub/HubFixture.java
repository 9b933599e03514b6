package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.hub.http.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hub with a model of three files, and an empty cache. */
@Timeout(600)
public abstract class HubFixture {
  static final int WEIGHTS = 3_000_000;

  /** Quick, so that tests are; who asks for a wait gets it all the same. */
  static final Backoff QUICK =
      new Backoff(3, Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofMinutes(5));

  @TempDir public Path root;
  public HubServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new HubServer()
            .json("config.json", "{\"model_type\": \"none\"}")
            .json("generation_config.json", "{}")
            .file("model.safetensors", bytes(WEIGHTS, 1), true);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** In place of the one file two, and an index of them. */
  void shards() {
    server.remove("model.safetensors");
    server
        .file("model-00001-of-00002.safetensors", bytes(2_000_000, 1), true)
        .file("model-00002-of-00002.safetensors", bytes(1_000_000, 2), true)
        .json(
            "model.safetensors.index.json",
            """
            {"weight_map": {"a": "model-00001-of-00002.safetensors",
                            "b": "model-00002-of-00002.safetensors"}}
            """);
  }

  Hub.Builder builder() {
    return Hub.builder(EnvironmentTest.of("HF_HUB_DOWNLOAD_TIMEOUT=60"))
        .cache(HubCache.at(root))
        .endpoint(server.endpoint())
        .backoff(QUICK);
  }

  Hub hub() {
    return builder().build();
  }

  Hub hub(HubListener listener) {
    return builder().listener(listener).build();
  }

  /** That a snapshot has these files and no others, each with the bytes the server has. */
  public void assertHolds(Path snapshot, String... names) throws IOException {
    assertThat(names(snapshot)).containsExactly(names);
    for (String name : names) {
      assertThat(Files.readAllBytes(snapshot.resolve(name)))
          .as(name)
          .isEqualTo(server.file(name).bytes());
    }
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(it -> it.getFileName().toString()).sorted().toList();
    }
  }

  public static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
