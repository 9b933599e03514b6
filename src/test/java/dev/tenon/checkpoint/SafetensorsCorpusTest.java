package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that keep or break one rule of the format each, with a verdict on every one. */
class SafetensorsCorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/safetensors");

  static Stream<Arguments> verdicts() throws IOException {
    JsonNode verdicts = new ObjectMapper().readTree(CORPUS.resolve("verdicts.json").toFile());
    return verdicts
        .propertyStream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue().get("verdict").asText()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("verdicts")
  void verdictIsTheFormats(String name, String verdict) {
    Path file = CORPUS.resolve(name + ".safetensors");
    Throwable fault = catchThrowable(() -> SafetensorsHeader.read(file));
    if (fault != null) {
      assertThat(fault)
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("file=" + file)
          .message()
          .doesNotContainPattern("\\p{Cntrl}");
    }
    if (!verdict.equals("either")) {
      assertThat(fault == null ? "accept" : "reject").isEqualTo(verdict);
    }
  }
}
