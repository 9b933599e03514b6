package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs that somebody changed after they had got their name. */
class CachedBlobTest extends HubFixture {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-some-missing/model.safetensors");

  private Path snapshot;

  @BeforeEach
  void download() throws IOException {
    server
        .file("model.safetensors", Files.readAllBytes(CHECKPOINT), true)
        .json("tokenizer.json", "{\"t\": 1}");
    snapshot = hub().download("org/name");
  }

  @Test
  void aBlobIsNamedByItsHash() {
    for (String name : new String[] {"model.safetensors", "config.json"}) {
      CachedBlob blob = CachedBlob.of(snapshot.resolve(name));
      assertThat(blob.hex()).isEqualTo(server.file(name).hash());
      assertThat(CachedBlob.of(blob.file())).isEqualTo(blob);
    }
  }

  /**
   * As huggingface_hub 2 keeps large files for all models, under a hash that is not of their bytes.
   */
  @Test
  void aBlobMayBeALinkItself() throws IOException {
    Path blob = CachedBlob.of(snapshot.resolve("model.safetensors")).file();
    Path store = root.resolve("blobs/ab").resolve("ab".repeat(32));
    Files.createDirectories(store.getParent());
    Files.move(blob, store);
    Files.createSymbolicLink(blob, Path.of("../../blobs/ab").resolve(store.getFileName()));

    assertThat(CachedBlob.of(snapshot.resolve("model.safetensors")).file()).isEqualTo(blob);
    assertThat(CachedBlob.of(store)).isNull();
    assertThat(Tenon.verify(snapshot, VerifyOptions.everyValue()).hashed()).isEqualTo(4);
  }

  @Test
  void anyOtherFileHasNoHashInItsName() throws IOException {
    Path plain = Files.writeString(root.resolve("a".repeat(40)), "");
    Path circle = Files.createSymbolicLink(root.resolve("circle"), Path.of("circle"));

    assertThat(CachedBlob.of(plain)).isNull();
    assertThat(CachedBlob.of(circle)).isNull();
    assertThat(CachedBlob.of(root.resolve("none"))).isNull();
    assertThat(Tenon.verify(CHECKPOINT, true).hashed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "config.json", "tokenizer.json"})
  void whoAsksIsToldOfBytesThatAreOthers(String name) throws IOException {
    assertThat(Tenon.verify(snapshot, true).hashed()).isEqualTo(4);
    Path blob = snapshot.resolve(name).toRealPath();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length - 1] ^= 1;
    Files.write(blob, bytes);

    for (VerifyOptions options :
        new VerifyOptions[] {VerifyOptions.everyByte(), VerifyOptions.everyValue()}) {
      assertThatThrownBy(() -> Tenon.verify(snapshot, options))
          .isInstanceOf(TenonException.class)
          .hasMessageStartingWith(
              "The bytes are not those of the hash in the file's name: file=" + blob + ", actual=")
          .hasMessageEndingWith("; delete the file and download it again");
    }
    assertThat(Tenon.verify(snapshot, false).hashed()).isZero();
  }
}
