package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A cache that others may write to, and have: no file but the cache's own is written to. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SharedCacheTest extends HubFixture {
  private static final String[] ALL = {
    "config.json", "generation_config.json", "model.safetensors"
  };

  private Path victim;
  private Path folder;
  private Path blob;
  private Path incomplete;

  @BeforeEach
  void plant() throws IOException {
    victim = Files.writeString(root.resolve("victim"), "precious");
    folder = root.resolve("models--org--name");
    Files.createDirectories(folder.resolve("blobs"));
    blob = folder.resolve("blobs").resolve(server.file("model.safetensors").hash());
    incomplete = blob.resolveSibling(blob.getFileName() + ".tenon.incomplete");
  }

  @Test
  void anUnfinishedDownloadIsNotWrittenThroughALink() throws IOException {
    Files.createSymbolicLink(incomplete, victim);

    assertRight();
  }

  @Test
  void norThroughALinkThatLeadsNowhere() throws IOException {
    Files.createSymbolicLink(incomplete, root.resolve("elsewhere"));

    assertRight();
    assertThat(root.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void norIntoAFileOfSeveralNames() throws IOException {
    Files.createLink(incomplete, victim);

    assertRight();
  }

  @Test
  void norIntoWhatIsNoFile() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", incomplete.toString()).start().waitFor()).isZero();

    assertRight();
  }

  @Test
  void aBlobInWhosePlaceALinkIsTakesItsPlace() throws IOException {
    Files.createSymbolicLink(blob, victim);

    assertRight();
  }

  @Test
  void whatIsAbsentIsNotMarkedThroughALink() throws IOException {
    Path marks = folder.resolve(".no_exist").resolve(server.commit());
    Files.createDirectories(marks);
    Files.createSymbolicLink(marks.resolve("skeleton.json"), root.resolve("elsewhere"));

    assertRight();
    assertThat(root.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void aRefWithoutEndIsNotRead() throws IOException {
    Files.createDirectories(folder.resolve("refs"));
    Files.createSymbolicLink(folder.resolve("refs/main"), Path.of("/dev/zero"));

    assertRight();
    assertThat(Files.isSymbolicLink(folder.resolve("refs/main"))).isFalse();
  }

  /** All is downloaded, the weights are a file of their own, and nobody else's was touched. */
  private void assertRight() throws IOException {
    assertHolds(hub().download("org/name"), ALL);
    assertThat(Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat((int) Files.getAttribute(blob, "unix:nlink")).isOne();
    assertThat(victim).hasContent("precious");
  }
}
