package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.engine.ChildJvm;
import dev.tenon.nativecore.NativeCore;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A load that runs short of heap, or of the native memory JavaCPP allows, ends with one exception
 * and leaves nothing. In a process of its own, which has little of both. {@code
 * -Dtenon.shortages=N} does more.
 */
@EnabledOnOs(OS.LINUX)
class ShortagesTest {
  private static final Path MODEL = Path.of("src/test/resources/scenarios/gemma2-some-missing");

  @TempDir private Path directory;

  @Test
  void shortOfMemoryALoadSaysSo() throws Exception {
    assumeTrue(NativeCore.available(), "there is no native core to take memory with");
    String said =
        new ChildJvm(
                directory,
                Map.of(),
                "-Xms48m",
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=700m",
                "-Dorg.bytedeco.javacpp.maxRetries=0",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=1")
            .run(
                Shortages.class,
                MODEL.toAbsolutePath(),
                System.getProperty("tenon.shortages", "24"));
    assertThat(said).contains("heap refused", "physical refused");
  }
}
