package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Downloads in processes that are killed at any moment. {@code -Dtenon.kills=100} kills so many.
 */
@Timeout(3600)
class HubKillTest extends HubFixture {
  private static final int KILLS = Integer.getInteger("tenon.kills", 4);
  private static final String[] ALL = {
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json"
  };

  /** What a download without an end in between brings, of 64 kB each; one more is never sent. */
  private static final int PIECES = 3_000_000 / (1 << 16) + 4;

  @Test
  void whatIsKilledIsGoneOnFromAndEndsRight() throws Exception {
    shards();
    server.slow(5_000_000);
    Random random = new Random();
    int resumed = 0;
    int finished = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path cache = root.resolve("cache-" + finished);
      Process child = DownloadMain.start(server.endpoint(), cache, HubServer.MODEL);
      try {
        assertThat(child.getInputStream().read()).isEqualTo('b');
        int until = server.sent() + random.nextInt(PIECES);
        boolean ended = false;
        while (!ended && server.sent() < until) {
          ended = child.waitFor(1, TimeUnit.MILLISECONDS);
        }
        assertThat(ended && child.exitValue() != 0).isFalse();
      } finally {
        child.destroyForcibly().waitFor();
      }
      assertNothingWrong(cache);
      if (random.nextInt(3) == 0 || kill == KILLS - 1) {
        resumed += finish(cache);
        finished++;
      }
    }
    System.out.printf(
        "%d kills, %d caches finished after them, %d files gone on from%n",
        KILLS, finished, resumed);
  }

  /** Lets a download end; how many files it went on from. */
  private int finish(Path cache) throws IOException {
    int before = server.requests().size();
    assertHolds(builder().cache(HubCache.at(cache)).build().download(HubServer.MODEL), ALL);
    assertThat(names(cache.resolve("models--org--name/blobs")))
        .hasSize(ALL.length)
        .noneMatch(it -> it.contains("."));
    return (int)
        server.requests().stream()
            .skip(before)
            .filter(it -> it.target().startsWith("/bytes/") && !it.header("Range").isEmpty())
            .count();
  }

  /** What has a name is right, and a branch has a commit only if all is there. */
  private void assertNothingWrong(Path cache) throws IOException {
    Path folder = cache.resolve("models--org--name");
    if (Files.exists(folder.resolve("blobs"))) {
      for (String name : names(folder.resolve("blobs"))) {
        if (!name.endsWith(".incomplete")) {
          assertThat(Files.readAllBytes(folder.resolve("blobs").resolve(name)))
              .isEqualTo(
                  server.files().values().stream()
                      .filter(it -> it.hash().equals(name))
                      .findFirst()
                      .orElseThrow()
                      .bytes());
        }
      }
    }
    if (Files.exists(folder.resolve("refs/main"))) {
      assertHolds(HubCache.at(cache).require(ModelName.parse(HubServer.MODEL)), ALL);
    }
  }
}
