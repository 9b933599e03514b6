package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every checkpoint, loaded and saved, is the file the reference saves, and loads as it was. */
class SavedScenariosTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir(factory = InMemory.class)
  private Path dir;

  static Stream<Saved.Row> rows() {
    return Saved.rows("saved-scenarios.jsonl.gz");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isWhatTheReferenceSaves(Saved.Row row) throws IOException {
    JsonNode golden = row.json();
    try (Model model = load(row)) {
      Path whole = dir.resolve("whole");
      model.save(whole, SaveOptions.defaults());
      assertThat(Tenon.inspect(whole).entries().stream().map(e -> e.name()).sorted())
          .isEqualTo(Saved.names(golden.get("whole")));
      assertThat(Saved.checksums(whole)).isEqualTo(Saved.golden(golden.get("whole")));
      JsonNode config = Saved.config(whole);
      for (String field : new String[] {"dtype", "architectures"}) {
        assertThat(config.get(field)).as(field).isEqualTo(golden.get("config").get(field));
      }
      Saved.assertSame(model, whole);
      Saved.keep(row.name(), model, whole);

      Path shards = dir.resolve("shards");
      model.save(shards, SaveOptions.defaults().maxShardBytes(Saved.SHARD_BYTES));
      assertThat(Saved.checksums(shards)).isEqualTo(Saved.golden(golden.get("shards")));
      Saved.assertSame(model, shards);

      Path own = dir.resolve("own");
      model.save(own, SaveOptions.defaults().checkpointNames(false));
      Saved.assertSame(model, own);
      Saved.keep(row.name() + ".own", model, own);
    }
  }

  /** As the reference loaded it, random numbers of missing slots included. */
  private static Model load(Saved.Row row) throws IOException {
    JsonNode expected = JSON.readTree(SCENARIOS.resolve(row.name() + ".expected.json").toFile());
    LoadOptions options =
        LoadOptions.exact().toBuilder()
            .className(row.className())
            .dtype(Saved.dtype(expected))
            .ignoreMismatched(expected.get("options").path("ignore_mismatched_sizes").asBoolean())
            .build();
    return Tenon.load(SCENARIOS.resolve(row.name()), options);
  }
}
