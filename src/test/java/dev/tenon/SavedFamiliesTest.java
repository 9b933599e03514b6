package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.skeleton.GoldenFamilies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model of every class, initialised and saved, is the file the reference saves, loads as it was,
 * and saves as it was loaded.
 */
class SavedFamiliesTest {
  private static final List<GoldenFamilies.Row> CONFIGS = GoldenFamilies.rows();

  /**
   * Model types and classes with initial values of the reference that are its raw memory, or whose
   * last bit depends on the mathematical library its torch was built with.
   */
  private static final Set<String> OTHER_VALUES =
      Set.of("whisper", "bamba", "CLIPModel", "AltCLIPModel", "BarkModel");

  @TempDir(factory = InMemory.class)
  private Path dir;

  static Stream<Saved.Row> rows() {
    return Saved.rows("saved-families.jsonl.gz");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isWhatTheReferenceSaves(Saved.Row row) throws IOException {
    JsonNode golden = row.json();
    Path first = dir.resolve("first");
    try (Model model = initialized(row)) {
      model.save(first, SaveOptions.defaults());
      assertThat(Tenon.inspect(first).entries().stream().map(e -> e.name()).sorted())
          .isEqualTo(Saved.names(golden.get("whole")));
      if (!OTHER_VALUES.contains(kind(row))) {
        assertThat(Saved.checksums(first)).isEqualTo(Saved.golden(golden.get("whole")));
      }
      Saved.assertSame(model, first);
      Saved.keep(row.name(), model, first);
    }
    try (Model loaded =
        Tenon.load(first, LoadOptions.builder().className(row.className()).build())) {
      Path again = dir.resolve("again");
      loaded.save(again, SaveOptions.defaults());
      assertThat(golden.get("again").isNull()).isTrue();
      assertThat(Saved.checksums(again)).isEqualTo(Saved.checksums(first));
    }
  }

  private static String kind(Saved.Row row) {
    String type = row.name().substring(0, row.name().indexOf('/'));
    return OTHER_VALUES.contains(type) ? type : row.className();
  }

  private Model initialized(Saved.Row row) throws IOException {
    Path config = Files.createDirectory(dir.resolve("config")).resolve("config.json");
    String json = CONFIGS.get(row.json().get("row").intValue()).json().get("config").toString();
    Files.writeString(config, json.replace("{\"__float__\":\"Infinity\"}", "Infinity"));
    return Tenon.init(config, LoadOptions.exact().toBuilder().className(row.className()).build());
  }
}
