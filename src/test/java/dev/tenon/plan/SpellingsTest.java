package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names that old checkpoints of a family use, with and without the base prefix, lead to the slots
 * the reference gives them. The golden file has a row for each class that renames or converts: keys
 * the reference's own mappings lead back to, and the slot it finds for each, or null.
 */
class SpellingsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  record Row(JsonNode json) {
    String className() {
      return json.get("cls").textValue();
    }

    @Override
    public String toString() {
      return className();
    }
  }

  static Stream<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        SpellingsTest.class.getResourceAsStream("/golden/spellings.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line : lines.lines().toList()) {
        rows.add(new Row(JSON.readTree(line)));
      }
    }
    return rows.stream().filter(row -> Families.find(row.className(), config(row)) != null);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void leadToTheReferencesSlots(Row row) {
    Skeleton skeleton = Families.skeleton(row.className(), config(row));
    SlotNames names = new SlotNames(skeleton);
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> actual = new TreeMap<>();
    row.json()
        .get("keys")
        .properties()
        .forEach(
            pair -> {
              expected.put(pair.getKey(), String.valueOf(pair.getValue().textValue()));
              actual.put(pair.getKey(), slot(skeleton, names, pair.getKey()));
            });
    assertThat(actual).isEqualTo(expected);
  }

  /** The first slot that a checkpoint of this key alone fills. */
  private static String slot(Skeleton skeleton, SlotNames names, String key) {
    TensorEntry entry = new TensorEntry(key, DType.F32, Shape.of(4, 4), Path.of("f"), 0, null);
    Claim[] claims = Matching.of(skeleton, names, List.of(entry)).claims();
    for (int i = 0; i < claims.length; i++) {
      if (claims[i] != null) {
        return skeleton.slots().get(i).name();
      }
    }
    return "null";
  }

  private static Config config(Row row) {
    return Config.parse(row.className(), row.json().get("config").toString());
  }
}
