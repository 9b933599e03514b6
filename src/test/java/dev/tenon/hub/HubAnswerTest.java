package dev.tenon.hub;

import static dev.tenon.hub.LoopbackServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.hub.http.HubClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub says of a model and its files, refusals and lies included. */
class HubAnswerTest extends HubFixture {
  private static final int ALWAYS = 100;

  @Test
  void aModelThatIsNotThere() {
    fails("org/other", "The hub has no such model, or a private one: model=org/other, endpoint=")
        .hasMessageEndingWith("status=404; a private one needs HF_TOKEN");
  }

  @Test
  void aRevisionThatIsNotThere() {
    fails("org/name@v7", "The model has no such revision: model=org/name@v7, endpoint=");
  }

  @Test
  void aModelWithoutWeights() {
    server.remove("model.safetensors");

    fails("org/name", "The model has no weights that a load could use: model=org/name, looked for=")
        .hasMessageContaining("model.safetensors | model.safetensors.index.json | pytorch_model");
  }

  @Test
  void aShardThatIsNotThere() {
    shards();
    server.remove("model-00002-of-00002.safetensors");

    fails("org/name", "The model lacks a shard its index lists: model=org/name")
        .hasMessageEndingWith("file=model-00002-of-00002.safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "401, , The hub has no such model",
    "401, GatedRepo, The model is gated",
    "403, GatedRepo, The model is gated",
    "403, , The model is gated",
    "404, RepoNotFound, The hub has no such model",
    "451, , The hub refuses"
  })
  void aRefusalSaysWhatToDo(int status, String code, String message) {
    refuse(status, code == null ? "X-None: 0" : "X-Error-Code: " + code);

    fails("org/name", message).hasMessageContaining("status=" + status);
  }

  @Test
  void theRemedyDependsOnTheToken() {
    refuse(403, "X-Error-Code: GatedRepo");

    fails("org/name", "The model is gated")
        .hasMessageEndingWith("; set HF_TOKEN to a token of an account that has access");
    assertThatThrownBy(() -> builder().token("hf_x").build().download("org/name"))
        .hasMessageEndingWith("; ask for access at " + server.endpoint() + "/org/name");
  }

  @Test
  void whatAServerSaysFitsIntoALine() {
    refuse(400, "X-Error-Message: " + "so there ".repeat(500));

    fails("org/name", "The hub refuses").message().hasSizeLessThan(400).contains("reason=so there");
  }

  private void refuse(int status, String header) {
    server.fault(ALWAYS, "HEAD", "/main/config.json", (request, out) -> head(out, status, header));
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-None: 0", "X-Repo-Commit: main", "X-Repo-Commit: ../../../../etc"})
  void anAnswerThatNamesNoCommitIsNoHubs(String header) {
    server.fault(
        ALWAYS,
        "HEAD",
        "/main/config.json",
        (request, out) -> head(out, 200, header, "ETag: \"x\"", "Content-Length: 2"));

    fails("org/name", "The answer names no commit, or another, so it is hardly a hub's: url=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2",
        "ETag: \"../../../../x\"",
        "ETag: \"0123\"",
        "ETag: W/\"0123456789012345678901234567890123456789/../x\""
      })
  void withoutAHashNothingIsTaken(String header) {
    answer(header, "Content-Length: 2");

    fails("org/name", "The hub gives no hash to check a file by: model=org/name, file=config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-None: 0", "X-Linked-Size: -1", "X-Linked-Size: 99999999999999999999"})
  void withoutASizeNothingIsTaken(String header) {
    answer("ETag: \"" + "a".repeat(40) + "\"", header);

    fails("org/name", "The hub gives no size of a file: model=org/name, file=config.json");
  }

  @Test
  void aDescriptionIsNotOfGigabytes() {
    answer("ETag: \"" + "a".repeat(40) + "\"", "X-Linked-Size: 268435457");

    fails("org/name", "A file that describes a model is too large: model=org/name");
  }

  private void answer(String... headers) {
    server.fault(
        ALWAYS,
        "HEAD",
        server.commit() + "/config.json",
        (request, out) -> head(out, 200, headers));
  }

  @Test
  void aDiskWithoutRoomIsSeenBeforehand() {
    server.fault(
        ALWAYS,
        "HEAD",
        server.commit() + "/model.safetensors",
        (request, out) ->
            head(
                out,
                200,
                "ETag: \"" + "a".repeat(64) + "\"",
                "Content-Length: 900000000000000000"));

    fails("org/name", "The disk has no room for the download: folder=")
        .hasMessageContaining("bytes=9000000000000");
    assertThat(server.asked())
        .noneMatch(it -> it.startsWith("GET /org/") && !it.endsWith("config.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../evil", "/tmp/evil", "a/b", "..", "a\\\\b", "C:evil", ""})
  void noNameLeadsOutOfTheSnapshot(String shard) throws IOException {
    server.remove("model.safetensors");
    server.json(
        "model.safetensors.index.json", "{\"weight_map\": {\"a\": \"%s\"}}".formatted(shard));

    fails("org/name", "A shard's name must be a plain file name: file=");
    assertThat(names(root.getParent())).noneMatch(it -> it.contains("evil"));
    assertThat(root.resolve("models--org--name/refs")).doesNotExist();
  }

  @Test
  void aCircleOfRedirectsIsOneError() {
    server.fault(
        ALWAYS,
        "HEAD",
        "/main/config.json",
        (request, out) -> head(out, 302, "Location: " + request.target()));

    fails("org/name", "The hub leads from one address to the next without end: url=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///etc/passwd", "ftp://x/y", "http://u:p@x/y", "http:// /", "jar:x"})
  void addressesOfOtherKindsAreNotFollowed(String location) {
    server.fault(
        ALWAYS,
        "GET",
        "/model.safetensors",
        (request, out) -> head(out, 302, "Location: " + location));

    fails("org/name", "The hub leads to an address that is not to be followed: from=127.0.0.1");
  }

  @Test
  void fromASafeAddressNoWayLeadsToAnUnsafeOne() {
    URI safe = URI.create("https://hub/a/b");

    assertThat(HubClient.target(safe, "/c")).isEqualTo(URI.create("https://hub/c"));
    assertThat(HubClient.target(safe, "//cdn/c")).isEqualTo(URI.create("https://cdn/c"));
    assertThatThrownBy(() -> HubClient.target(safe, "http://hub/c"))
        .isInstanceOf(TenonException.class);
  }

  @Test
  void aRenamedModelIsFollowed() throws IOException {
    server.fault(
        ALWAYS,
        "HEAD",
        "/org/old/resolve/main/config.json",
        (request, out) -> head(out, 307, "Location: /org/name/resolve/main/config.json"));
    for (String file : List.of("config.json", "generation_config.json", "model.safetensors")) {
      String end = "/org/old/resolve/" + server.commit() + "/" + file;
      String there = end.replace("old", "name");
      server
          .fault(1, "HEAD", end, (request, out) -> head(out, 307, "Location: " + there))
          .fault(1, "GET", end, (request, out) -> head(out, 307, "Location: " + there));
    }
    String list = "/revision/" + server.commit();
    server.fault(
        1,
        "GET",
        "/api/models/org/old" + list,
        (request, out) -> head(out, 307, "Location: /api/models/org/name" + list));
    server.fault(
        1,
        "HEAD",
        "/org/old/resolve/" + server.commit() + "/skeleton.json",
        (request, out) -> head(out, 404, "X-Error-Code: EntryNotFound"));

    assertHolds(
        hub().download("org/old"), "config.json", "generation_config.json", "model.safetensors");
  }

  @Test
  void whereTheHubIsGoneTheCacheServes() throws IOException {
    Path snapshot = hub().download("org/name");
    server.close();
    List<String> warnings = new ArrayList<>();
    HubListener listener =
        new HubListener() {
          @Override
          public void warn(String message) {
            warnings.add(message);
          }
        };

    assertThat(hub(listener).download("org/name")).isEqualTo(snapshot);
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("The cache serves in the hub's place: The hub cannot be reached: url=")
        .contains("attempts=1");
    assertThatThrownBy(() -> hub().download("org/other"))
        .hasMessageStartingWith("The hub cannot be reached: url=")
        .hasMessageContaining("attempts=4");
  }

  @Test
  void whereTheHubGoesMeanwhileTheCacheServes() throws IOException {
    Path snapshot = hub().download("org/name");
    server.commit("2".repeat(40));
    server.file("model.safetensors", bytes(WEIGHTS, 9), true);
    server.fault(100, "GET", server.bytesOf("model.safetensors"), (request, out) -> head(out, 503));

    assertThat(hub().download("org/name")).isEqualTo(snapshot);
  }

  @Test
  void aCacheThatLacksSomethingDoesNotServe() throws IOException {
    Path snapshot = hub().download("org/name");
    Files.delete(snapshot.resolve("model.safetensors"));
    server.close();

    fails("org/name", "The hub cannot be reached");
  }

  @Test
  void aCacheThatCannotBeWrittenIsOneError() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    Hub hub = builder().cache(HubCache.at(file)).build();

    assertThatThrownBy(() -> hub.download("org/name"))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The cache cannot be written: model=org/name, folder=" + file);
  }

  @Test
  void anInterruptEndsADownloadAtOnceAndTheNextGoesOn() throws Exception {
    server.slow(20_000_000);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    HubListener listener =
        new HubListener() {
          @Override
          public void progress(long done, long total) {
            if (done > 500_000) {
              begun.countDown();
            }
          }
        };
    Thread thread =
        new Thread(
            () -> {
              try {
                hub(listener).download("org/name");
              } catch (TenonException e) {
                thrown.set(Thread.interrupted() ? e : new AssertionError("not interrupted"));
              }
            });
    thread.start();
    assertThat(begun.await(300, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    thread.join(300_000);

    assertThat(thrown.get()).hasMessageStartingWith("The download was interrupted");
    String weights = server.bytesOf("model.safetensors");
    assertThat(root.resolve("models--org--name/refs")).doesNotExist();
    server.slow(0);
    assertHolds(
        hub().download("org/name"), "config.json", "generation_config.json", "model.safetensors");
    assertThat(server.requests())
        .filteredOn(it -> it.target().endsWith(weights))
        .last()
        .matches(it -> it.header("Range").matches("bytes=\\d{6,}-"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///tmp", "huggingface.co", "https://", "http://a b", "http://u@h"})
  void anEndpointIsAWebServer(String endpoint) {
    assertThatThrownBy(() -> builder().endpoint(endpoint).build())
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("Not a hub's address: HF_ENDPOINT=" + endpoint);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> fails(String model, String message) {
    return assertThatThrownBy(() -> hub().download(model))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("\n");
  }
}
