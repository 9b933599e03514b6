package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.SmallDisk;
import dev.tenon.TenonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A disk that somebody else fills while a model comes in. */
class HubDiskTest extends HubFixture {
  private static final String[] ALL = {
    "config.json", "generation_config.json", "model.safetensors"
  };

  @Test
  void aDiskThatFillsMeanwhileIsOneErrorAndNoWrongBlob() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(root.resolve("disk"), 2L * WEIGHTS)) {
      HubCache cache = HubCache.at(disk.path());
      server.slow(4_000_000);
      Path[] filler = new Path[1];
      HubListener filling =
          new HubListener() {
            @Override
            public void progress(long done, long total) {
              if (done > WEIGHTS / 3 && filler[0] == null) {
                filler[0] = fill(disk);
              }
            }
          };

      assertThatThrownBy(
              () -> builder().cache(cache).listener(filling).build().download("org/name"))
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("The cache cannot be written")
          .hasMessageContaining("No space left on device");

      assertThat(cache.find(ModelName.parse("org/name"))).isNull();
      Files.delete(filler[0]);
      assertHolds(builder().cache(cache).build().download("org/name"), ALL);
    }
  }

  @Test
  void aDiskWithoutRoomIsRefusedBeforehand() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(root.resolve("disk"), WEIGHTS / 2)) {
      HubCache cache = HubCache.at(disk.path());
      assertThatThrownBy(() -> builder().cache(cache).build().download("org/name"))
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("The disk has no room for the download: folder=")
          .hasMessageContaining("free=");
    }
  }

  private static Path fill(SmallDisk disk) {
    try {
      return disk.fill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
