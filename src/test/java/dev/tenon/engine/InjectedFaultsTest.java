package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every call a load makes of the system fails once: permission, the disk that is read, the one that
 * a trace is written to, mappings, memory, threads. The load is right all the same or one exception
 * says why, nothing is left, and the next load is right. In a process of its own, with a library of
 * faults before libc. Of many calls of one kind some fail; {@code -Dtenon.faults=N} has each fail
 * where there are up to N.
 */
@EnabledOnOs(OS.LINUX)
class InjectedFaultsTest {
  private static final List<String> SCENARIOS =
      List.of("siglip-bin-views", "gemma2-some-missing", "bloom-sharded-bin");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachCallFailsInTurn(boolean andAllAfterIt) throws Exception {
    Path models = Files.createDirectories(directory.resolve("models"));
    Map<String, String> environment = FaultLibrary.environment(directory, models);
    assumeTrue(environment != null, "there is no gcc to make the library of faults with");
    Experts.write(Files.createDirectories(models.resolve("experts")), 8192, new Random(1));
    for (String scenario : SCENARIOS) {
      copy(Scenarios.directory(scenario), Files.createDirectories(models.resolve(scenario)));
    }
    String said =
        new ChildJvm(directory, environment, "-Xmx512m", "-Xss512k")
            .run(
                InjectedFaults.class, models, andAllAfterIt, Integer.getInteger("tenon.faults", 6));
    for (FaultLibrary.Fault fault : FaultLibrary.Fault.values()) {
      assertThat(said).as("none injected").contains(" " + fault + "=");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
