package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.load.ModelConfig;
import dev.tenon.load.SkeletonSource;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.GoldenFamilies.Row;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.TokenSlot;
import dev.tenon.skeleton.file.Exported;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which slots have a row for each token: those the reference's resizing resizes. */
class TokenSlotsTest {
  private static final Path NOWHERE = Path.of("src/test/resources");

  /** Classes, and of each the slots with the dimension that counts tokens; null: it fails there. */
  static Stream<Arguments> golden() throws IOException {
    List<Row> rows = GoldenFamilies.rows();
    List<Arguments> cases = new ArrayList<>();
    var stream =
        Objects.requireNonNull(
            TokenSlotsTest.class.getResourceAsStream("/golden/token-slots.jsonl.gz"));
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.UTF_8))) {
      JsonMapper json = JsonMapper.builder().build();
      for (String line; (line = lines.readLine()) != null; ) {
        Row row = rows.get(cases.size());
        JsonNode expected = json.readTree(line);
        assertThat(row.toString()).isEqualTo(expected.get("row").textValue());
        cases.add(Arguments.of(row, expected.get("slots")));
      }
    }
    assertThat(cases).as("rows that were asked of the reference").hasSizeGreaterThan(800);
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("golden")
  void theReferencesOwn(Row row, JsonNode expected) {
    assumeThat(expected.isNull()).as("the reference fails").isFalse();
    LoadOptions options = LoadOptions.builder().className(row.className()).build();
    SkeletonSource source = new SkeletonSource(options, NOWHERE);
    ModelConfig config = new ModelConfig(source, source.own(row.config()));
    if (expected.isEmpty()) {
      assertThatThrownBy(config::tokenSlots)
          .hasMessageContaining("Nothing says which slots have a row for each token");
      return;
    }
    Skeleton skeleton = source.require(config.config());
    Map<String, Integer> found = new HashMap<>();
    for (TokenSlot slot : config.tokenSlots()) {
      found.put(skeleton.slots().get(slot.slot()).name(), slot.dim());
    }
    Map<String, Integer> wanted = new HashMap<>();
    expected.properties().forEach(it -> wanted.put(it.getKey(), it.getValue().intValue()));
    assertThat(found).isEqualTo(wanted);
  }

  @Test
  void theSizeIsSetWhereTheClassKeepsIt() {
    SkeletonSource source = new SkeletonSource(LoadOptions.defaults(), NOWHERE);
    ModelConfig plain = new ModelConfig(source, Config.parse("c", "{\"vocab_size\": 3}"));
    ModelConfig joined =
        new ModelConfig(source, Config.parse("c", "{\"text_config\": {\"vocab_size\": 3}}"));

    plain.setTokens(8);
    joined.setTokens(8);

    assertThat(plain.config().integer("vocab_size")).isEqualTo(8);
    assertThat(joined.config().text().integer("vocab_size")).isEqualTo(8);
    assertThat(joined.config().mentions("vocab_size")).isFalse();
  }

  @Test
  void aSkeletonFileHasThem(@TempDir Path directory) throws IOException {
    String olmoe = Files.readString(new Exported("olmoe").file());
    Path file = directory.resolve("skeleton.json");
    Files.writeString(file, olmoe.replaceFirst("\\{", "{\"tokenSlots\": [[0, 0], [1, 9]],"));
    LoadOptions options = LoadOptions.builder().skeleton(file).build();
    assertThatThrownBy(() -> new SkeletonSource(options, directory))
        .hasMessageContaining("field=tokenSlots[1][1], expected=a whole number from 0 to");

    Files.writeString(file, olmoe.replaceFirst("\\{", "{\"tokenSlots\": [[0, 0]],"));
    ModelConfig config =
        new ModelConfig(new SkeletonSource(options, directory), Config.defaults("vocab_size", 9));
    assertThat(config.tokenSlots()).containsExactly(new TokenSlot(0, 0));
  }
}
