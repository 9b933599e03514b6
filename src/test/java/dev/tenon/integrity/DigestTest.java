package dev.tenon.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Digests are those hashlib and zlib give, and whatever differs from one is named. */
class DigestTest {
  private static final Path GOLDEN = Path.of("src/test/resources/integrity");
  private static final Path SHARDED = Path.of("src/test/resources/scenarios/gemma2-sharded");
  private static final String SHARD = "model-00002-of-00007.safetensors";

  @TempDir private Path directory;
  private Path model;
  private Path digest;

  @BeforeEach
  void copyAModel() throws IOException {
    model = Files.createDirectory(directory.resolve("model"));
    digest = GOLDEN.resolve("gemma2-sharded.json");
    try (var files = Files.list(SHARDED)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void isThatOfOtherTools() {
    assertThat(Tenon.digest(SHARDED, LoadProgress.NONE)).isEqualTo(DigestFile.read(digest));
  }

  @Test
  void tensorsThatDoNotLieInOrderAreGathered() {
    CheckpointDigest views =
        Tenon.digest(Path.of("src/test/resources/torch/views.bin"), LoadProgress.NONE);
    assertThat(views).isEqualTo(DigestFile.read(GOLDEN.resolve("views.json")));
  }

  @Test
  void aFileKeepsWhatWasWritten() throws IOException {
    Path file = directory.resolve("digest.json");
    Files.writeString(file, "what was there");
    CheckpointDigest written = Tenon.digest(model, LoadProgress.NONE);
    DigestFile.write(written, file);
    assertThat(DigestFile.read(file)).isEqualTo(written);
    assertThat(Tenon.check(model, file, LoadProgress.NONE)).isEqualTo(written);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(model, file);
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Path nowhere = directory.resolve("gone/digest.json");
    assertThatThrownBy(() -> DigestFile.write(new CheckpointDigest(List.of()), nowhere))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + nowhere);
  }

  @Test
  void progressEndsAtTheSizeOfAllFiles() {
    long[] last = new long[2];
    LoadProgress progress =
        (phase, done, total) -> {
          synchronized (last) {
            last[0] = Math.max(last[0], done);
            last[1] = total;
          }
        };
    CheckpointDigest found = Tenon.digest(model, progress);
    assertThat(last).containsExactly(found.bytes(), found.bytes());
    assertThat(found.tensors()).isEqualTo(Tenon.inspect(model).entries().size());
  }

  private void flip(long fromEnd) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(model.resolve(SHARD).toFile(), "rw")) {
      file.seek(file.length() - fromEnd);
      int was = file.read();
      file.seek(file.length() - fromEnd);
      file.write(was ^ 1);
    }
  }

  private void assertRefused(String... facts) {
    for (boolean load : new boolean[] {false, true}) {
      assertThatThrownBy(
              () -> {
                if (load) {
                  Tenon.load(model, LoadOptions.builder().check(digest).build()).close();
                } else {
                  Tenon.check(model, digest, LoadProgress.NONE);
                }
              })
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContainingAll(facts);
    }
  }

  @Test
  void aLoadOfFilesThatAgreeIsALoad() {
    try (Model loaded = Tenon.load(model, LoadOptions.builder().check(digest).build())) {
      assertThat(loaded.report().missing()).isEmpty();
    }
  }

  @Test
  void aTensorThatDiffersIsNamed() throws IOException {
    flip(1);
    assertRefused(
        "A tensor differs from its digest: file=" + model.resolve(SHARD),
        ", tensor=",
        ", expected=",
        ", actual=",
        ", digest=" + digest);
  }

  @Test
  void aHeaderThatDiffersIsNoTensor() throws IOException {
    Path shard = model.resolve(SHARD);
    byte[] bytes = Files.readAllBytes(shard);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"pt\"");
    bytes[at + 1] = 'q';
    Files.write(shard, bytes);
    assertRefused("though no tensor does: file=" + shard, "expected=", "actual=");
  }

  @Test
  void aFileOfAnotherLengthIsSeenAtOnce() throws IOException {
    String text = Files.readString(digest);
    digest = directory.resolve("digest.json");
    Files.writeString(digest, text.replaceFirst("\"bytes\": \\d+", "\"bytes\": 7"));
    assertRefused("not as long as its digest says", "expected=7");
  }

  @Test
  void filesAndTensorsAreTheSameOnBothSides() throws IOException {
    CheckpointDigest all = DigestFile.read(digest);
    digest = directory.resolve("digest.json");
    DigestFile.write(new CheckpointDigest(all.files().subList(1, 7)), digest);
    assertRefused("The digest file has no such file: file=" + model);

    List<CheckpointDigest.OfFile> more = new ArrayList<>(all.files());
    more.add(new CheckpointDigest.OfFile("x.safetensors", 1, "0".repeat(64), Map.of()));
    DigestFile.write(new CheckpointDigest(more), digest);
    assertRefused("A file of the digest is not there: file=x.safetensors");

    CheckpointDigest.OfFile first = all.files().get(0);
    var tensors = new LinkedHashMap<>(first.tensors());
    tensors.put("new", 1);
    more = new ArrayList<>(all.files());
    more.set(0, new CheckpointDigest.OfFile(first.name(), first.bytes(), first.sha256(), tensors));
    DigestFile.write(new CheckpointDigest(more), digest);
    assertRefused("A tensor of the digest is not there", "tensor=new");

    tensors.clear();
    more.set(0, new CheckpointDigest.OfFile(first.name(), first.bytes(), first.sha256(), tensors));
    DigestFile.write(new CheckpointDigest(more), digest);
    assertRefused("A tensor is not in the digest");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                                            | expected an object
          {"format":"x","version":1,"files":[]}                          | expected format tenon-digest
          {"format":"tenon-digest","version":2,"files":[]}               | expected version 1
          {"format":"tenon-digest","version":1}                          | lacks files
          {"format":"tenon-digest","version":1,"files":[],"x":1}         | unknown field x
          {"format":"tenon-digest","version":1,"files":[],"files":[]}    | Duplicate field
          {"format":"tenon-digest","version":1,"files":[]} []            | nothing behind
          {"format":"tenon-digest","version":1,"files":{}}               | expected a list of files
          {"format":"tenon-digest","version":1,"files":[1]}              | expected a file's object
          {"format":"tenon-digest","version":1,"files":[{"x":1}]}        | unknown field x
          {"format":"tenon-digest","version":1,"files":[{"bytes":-1}]}   | not negative
          {"format":"tenon-digest","version":1,"files":[{"bytes":"1"}]}  | a whole number
          {"format":"tenon-digest","version":1,"files":[{"bytes":1}]}    | lacks file
          {"format":"tenon-digest","version":1,"files":[{"sha256":"A"}]} | hexadecimal digits
          {"format":"tenon-digest","version":1,"files":[{"tensors":{"a":"123"}}]} | hexadecimal digits
          {"format":"tenon-digest","version":1,"files":[{"tensors":[]}]} | an object of tensors
          {"format":"tenon-digest                                        | Unexpected end-of-input
          """)
  void refusesADocumentThatIsNone(String document, String reason) throws IOException {
    Path file = directory.resolve("digest.json");
    Files.writeString(file, document);
    assertThatThrownBy(() -> DigestFile.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining(reason);
  }

  @Test
  void aDigestFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> DigestFile.read(directory))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("No such digest file");
  }

  @Test
  void anInterruptStopsACheckAndStaysSet() throws Exception {
    Thread caller = Thread.currentThread();
    LoadProgress progress =
        (phase, done, total) -> {
          caller.interrupt();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException stopped) {
            // As every thread of the check is when it is closed.
          }
        };
    assertThatThrownBy(() -> Tenon.check(model, digest, progress))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().matches("tenon-(check|scan).*")) {
        thread.join(TimeUnit.SECONDS.toMillis(10)); // Its work is done, but it may not have ended.
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }
}
