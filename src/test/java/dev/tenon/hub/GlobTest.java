package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GlobTest {
  /**
   * After a line of names, a pattern and those of them that Python's {@code fnmatchcase} matches.
   */
  static Stream<String> patterns() throws IOException, URISyntaxException {
    return lines().stream().skip(1);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void aPatternMeansWhatItMeansToPython(String line) throws Exception {
    List<String> fields = Arrays.asList(line.split("\t"));
    Glob glob = new Glob(fields.get(0));

    assertThat(Stream.of(lines().get(0).split("\t")))
        .filteredOn(name -> !name.equals("END") && glob.matches(name))
        .containsExactlyElementsOf(fields.subList(1, fields.size() - 1));
  }

  @Test
  void separatorsAreWhatTheyAreOnEitherSystem() {
    assertThat(new Glob("onnx\\").matches("onnx/model.onnx")).isTrue();
    assertThat(new Glob("onnx/*").matches("onnx\\model.onnx")).isTrue();
  }

  @Test
  void manyStarsEnd() {
    Glob glob = new Glob("*a".repeat(200) + "b");

    assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> assertThat(glob.matches("a".repeat(1024))).isFalse());
  }

  private static List<String> lines() throws IOException, URISyntaxException {
    return Files.readAllLines(Path.of(GlobTest.class.getResource("/hub/fnmatch.txt").toURI()));
  }
}
