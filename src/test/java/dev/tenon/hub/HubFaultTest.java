package dev.tenon.hub;

import static dev.tenon.hub.LoopbackServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.hub.LoopbackServer.Handler;
import dev.tenon.hub.http.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that do not come as they should: a right file in the end, or one error, and no blob. */
class HubFaultTest extends HubFixture {
  private static final int ALWAYS = 100;
  private static final String[] ALL = {
    "config.json", "generation_config.json", "model.safetensors"
  };

  private String weights;
  private byte[] right;

  @BeforeEach
  void weights() {
    weights = server.bytesOf("model.safetensors");
    right = server.file("model.safetensors").bytes();
  }

  @Test
  void aCutConnectionIsGoneOnFrom() throws IOException {
    server.fault(1, "GET", weights, cutAt(1_000_000)).fault(1, "GET", weights, cutAt(100_000));

    assertHolds(hub().download("org/name"), ALL);
    assertThat(ranges()).hasSize(3).first().isEqualTo("");
    assertThat(ranges().subList(1, 3)).allMatch(it -> it.matches("bytes=[1-9]\\d*-"));
  }

  @Test
  void aHubThatKnowsNoRangesBeginsAnew() throws IOException {
    server.fault(1, "GET", weights, cutAt(1_000_000)).fault(1, "GET", weights, whole(right));

    assertHolds(hub().download("org/name"), ALL);
    assertThat(ranges()).hasSize(2);
  }

  @Test
  void aConnectionThatIsAlwaysCutIsOneError() {
    server.fault(ALWAYS, "GET", weights, (request, out) -> {});

    fails("The hub cannot be reached: url=").hasMessageContaining("attempts=4");
  }

  @Test
  void manyCutsAreNoFaultWhileBytesCome() throws IOException {
    byte[] large = bytes(12_000_000, 5);
    server.file("model.safetensors", large, true);
    String end = server.bytesOf("model.safetensors");
    server.fault(
        9,
        "GET",
        end,
        (request, out) -> {
          int from = Integer.parseInt("0" + request.header("Range").replaceAll("\\D", ""));
          head(out, from == 0 ? 200 : 206, lengths(from, large.length));
          out.write(large, from, 1_200_000);
        });

    assertHolds(hub().download("org/name"), ALL);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void aBusyHubIsAskedAgain(int status) throws IOException {
    Handler busy = (request, out) -> head(out, status, "Content-Length: 0");
    server.fault(2, "GET", weights, busy).fault(1, "HEAD", "/main/config.json", busy);

    assertHolds(hub().download("org/name"), ALL);
  }

  @Test
  void aHubThatStaysBusyIsOneError() {
    server.fault(ALWAYS, "GET", weights, (request, out) -> head(out, 500, "Content-Length: 0"));

    fails("The hub cannot be reached: url=").hasMessageEndingWith("reason=HTTP status 500");
  }

  @Test
  void retryAfterIsKeptTo() throws IOException {
    server.fault(1, "GET", weights, (request, out) -> head(out, 429, "Retry-After: 1"));
    long start = System.nanoTime();

    assertHolds(hub().download("org/name"), ALL);
    assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000L);
  }

  @Test
  void nobodyWaitsForADay() {
    server.fault(1, "GET", weights, (request, out) -> head(out, 503, "Retry-After: 86400"));

    fails("The hub asks to wait for too long: url=")
        .hasMessageContaining("seconds=86400, most=300");
  }

  @Test
  void aHubThatFallsSilentIsAskedAgain() throws IOException {
    server.fault(
        1,
        "GET",
        weights,
        (request, out) -> {
          head(out, 200, "Content-Length: " + right.length);
          out.write(right, 0, 1000);
          out.flush();
          Thread.sleep(60_000);
        });
    Hub impatient =
        Hub.builder(EnvironmentTest.of("HF_HUB_DOWNLOAD_TIMEOUT=3"))
            .cache(HubCache.at(root))
            .endpoint(server.endpoint())
            .backoff(new Backoff(20, QUICK.first(), QUICK.longest(), QUICK.patience()))
            .build();

    assertHolds(impatient.download("org/name"), ALL);
  }

  @Test
  void aHubThatDripsIsAskedAgain() throws IOException {
    server.fault(1, "GET", weights, drip());

    assertHolds(patient(20).download("org/name"), ALL);
    assertThat(ranges()).hasSizeGreaterThan(1).last().asString().matches("bytes=[1-9]\\d*-");
  }

  @Test
  void aHubThatDripsForEverIsOneErrorThatNamesRateAndLimit() {
    server.fault(ALWAYS, "GET", weights, drip());

    assertThatThrownBy(() -> patient(1).download("org/name"))
        .isInstanceOf(TenonException.class)
        .hasMessageMatching(
            "The hub is too slow: url=.*/model.safetensors, attempts=2, seconds=3,"
                + " bytesPerSecond=\\d{1,3}, least=1024; TENON_HUB_LEAST_RATE=0 waits for any rate");
  }

  @Test
  void whoWaitsForAnyRateWaits() throws IOException {
    byte[] few = bytes(80, 7);
    server.file("model.safetensors", few, true);
    server.fault(
        1,
        "GET",
        server.bytesOf("model.safetensors"),
        (request, out) -> {
          head(out, 200, "Content-Length: " + few.length);
          for (byte one : few) {
            out.write(one);
            out.flush();
            Thread.sleep(50);
          }
        });
    Hub hub = slow("HF_HUB_DOWNLOAD_TIMEOUT=3 TENON_HUB_LEAST_RATE=0", 0);

    assertHolds(hub.download("org/name"), ALL);
  }

  private Hub patient(int retries) {
    return slow("HF_HUB_DOWNLOAD_TIMEOUT=3", retries);
  }

  private Hub slow(String environment, int retries) {
    return Hub.builder(EnvironmentTest.of(environment))
        .cache(HubCache.at(root))
        .endpoint(server.endpoint())
        .backoff(new Backoff(retries, QUICK.first(), QUICK.longest(), QUICK.patience()))
        .build();
  }

  /** A byte now and then, without end. */
  private Handler drip() {
    return (request, out) -> {
      int from = Integer.parseInt("0" + request.header("Range").replaceAll("\\D", ""));
      head(out, from == 0 ? 200 : 206, lengths(from, right.length));
      for (int i = from; ; i++) {
        out.write(right, i, 1);
        out.flush();
        Thread.sleep(20);
      }
    };
  }

  @Test
  void wrongBytesAreAskedForOnceMore() throws IOException {
    server.fault(1, "GET", weights, whole(bytes(WEIGHTS, 8)));

    assertHolds(hub().download("org/name"), ALL);
  }

  @Test
  void bytesThatStayWrongGetNoName() {
    server.fault(ALWAYS, "GET", weights, whole(bytes(WEIGHTS, 8)));

    fails("The bytes the hub sends are not those it announced: file=model.safetensors, hash=");
  }

  @Test
  void whatAnotherDownloadLeftMayBeWrong() throws IOException {
    Path blobs = Files.createDirectories(root.resolve("models--org--name/blobs"));
    String hash = server.file("model.safetensors").hash();
    Files.write(blobs.resolve(hash + ".tenon.incomplete"), bytes(1_000_000, 8));

    assertHolds(hub().download("org/name"), ALL);
    assertThat(ranges()).containsExactly("bytes=1000000-", "");
  }

  @Test
  void whatAnotherDownloadLeftMayBeAllOrTooMuch() throws IOException {
    Path blobs = Files.createDirectories(root.resolve("models--org--name/blobs"));
    Path partial = blobs.resolve(server.file("model.safetensors").hash() + ".tenon.incomplete");
    Files.write(partial, right);
    assertHolds(hub().download("org/name"), ALL);
    assertThat(ranges()).isEmpty();

    Files.delete(blobs.resolve(server.file("model.safetensors").hash()));
    Files.write(partial, bytes(WEIGHTS + 1, 8));
    assertHolds(hub().download("org/name"), ALL);
    assertThat(names(blobs)).hasSize(3);
  }

  @Test
  void aRangeThatCannotBeHadIsBegunAnew() throws IOException {
    server
        .fault(1, "GET", weights, cutAt(1_000_000))
        .fault(1, "GET", weights, (request, out) -> head(out, 416, "Content-Length: 0"));

    assertHolds(hub().download("org/name"), ALL);
  }

  /** Each time a megabyte comes that had come before. */
  @Test
  void aHubThatHasUsBeginAnewForEverIsGivenUp() {
    Handler more = cutAt(1_200_000);
    Handler none = (request, out) -> head(out, 416, "Content-Length: 0");
    server.fault(
        ALWAYS,
        "GET",
        weights,
        (request, out) -> (request.header("Range").isEmpty() ? more : none).answer(request, out));

    fails("");
    assertThat(ranges()).hasSizeLessThan(8);
  }

  @Test
  void aHubThatIsCutAndKnowsNoRangesIsGivenUp() {
    server.fault(
        ALWAYS,
        "GET",
        weights,
        (request, out) -> {
          head(out, 200, "Content-Length: " + right.length);
          out.write(right, 0, 1_200_000);
        });

    fails("The hub cannot be reached: url=");
    assertThat(ranges()).hasSizeLessThan(8);
  }

  @Test
  void aListenerThatFailsIsOneErrorAndAskedOnce() {
    HubListener failing =
        new HubListener() {
          @Override
          public void progress(long done, long total) {
            throw new IllegalStateException("no more to say");
          }
        };

    assertThatThrownBy(() -> hub(failing).download("org/name"))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessage("The download's listener failed: reason=no more to say");
    assertThat(ranges()).hasSizeLessThan(2);
  }

  @Test
  void anotherLengthIsOneError() {
    server.fault(1, "GET", weights, whole(bytes(WEIGHTS - 1, 1)));

    fails("The hub sends a file of another size than it said: file=model.safetensors, expected=")
        .hasMessageEndingWith("actual=" + (WEIGHTS - 1));
  }

  @Test
  void aBodyWithoutEndIsOneError() {
    server.fault(
        1,
        "GET",
        weights,
        (request, out) -> {
          head(out, 200);
          while (true) {
            out.write(new byte[1 << 16]);
          }
        });

    fails("The hub sends more bytes than a file has: file=model.safetensors");
  }

  @Test
  void aPartThatWasNotAskedForIsOneError() {
    server
        .fault(1, "GET", weights, cutAt(1_000_000))
        .fault(1, "GET", weights, (request, out) -> head(out, 206, lengths(5, right.length)));

    fails("The hub sends another part of a file than was asked for")
        .hasMessageEndingWith("start=5");
  }

  @Test
  void encodedBytesAreNotTaken() {
    server.fault(
        ALWAYS,
        "GET",
        weights,
        (request, out) -> head(out, 200, "Content-Encoding: gzip", "Content-Length: 21"));

    fails("The hub sends encoded bytes, which was not asked for: file=model.safetensors");
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    server.fault(
        ALWAYS,
        "GET",
        weights,
        (request, out) -> {
          head(out, 403);
          while (true) {
            out.write(new byte[1 << 16]);
          }
        });

    fails("The model is gated, and access not granted: model=org/name");
  }

  @Test
  void headersWithoutEndAreOneError() {
    server.fault(
        ALWAYS,
        "HEAD",
        "/main/config.json",
        (request, out) -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes());
          for (int i = 0; ; i++) {
            out.write(("X-Header-" + i + ": " + "x".repeat(1000) + "\r\n").getBytes());
          }
        });

    fails("The hub cannot be reached: url=");
  }

  @Test
  void aStatusLineOfNonsenseIsOneError() {
    server.fault(
        ALWAYS, "HEAD", "/main/config.json", (request, out) -> out.write("\0\1\2\n".getBytes()));

    fails("The hub cannot be reached: url=");
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> fails(
      String message) {
    var thrown =
        assertThatThrownBy(() -> hub().download("org/name"))
            .isInstanceOf(TenonException.class)
            .hasMessageStartingWith(message)
            .hasMessageNotContaining("\n");
    Path folder = root.resolve("models--org--name");
    assertThat(folder.resolve("blobs/" + server.file("model.safetensors").hash())).doesNotExist();
    assertThat(folder.resolve("refs/main")).doesNotExist();
    return thrown;
  }

  /** The ranges the weights were asked for in. */
  private List<String> ranges() {
    return server.requests().stream()
        .filter(it -> it.method().equals("GET") && it.target().endsWith(weights))
        .map(it -> it.header("Range"))
        .toList();
  }

  private Handler cutAt(int length) {
    return (request, out) -> {
      int from = Integer.parseInt("0" + request.header("Range").replaceAll("\\D", ""));
      head(out, from == 0 ? 200 : 206, lengths(from, right.length));
      out.write(right, from, length);
    };
  }

  private static Handler whole(byte[] bytes) {
    return (request, out) -> {
      head(out, 200, "Content-Length: " + bytes.length);
      out.write(bytes);
    };
  }

  private static String[] lengths(int from, int size) {
    return new String[] {
      "Content-Length: " + (size - from),
      "Content-Range: bytes %d-%d/%d".formatted(from, size - 1, size)
    };
  }
}
