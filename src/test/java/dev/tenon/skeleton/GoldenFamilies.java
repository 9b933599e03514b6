package dev.tenon.skeleton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The reference's answers: one row a class and config. */
public final class GoldenFamilies {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private GoldenFamilies() {}

  /** A row; {@code toString} is what a parameterized test shows. */
  public record Row(JsonNode json) {
    public String className() {
      return json.get("cls").textValue();
    }

    public String modelType() {
      return json.get("model_type").textValue();
    }

    public String variant() {
      return json.get("variant").textValue();
    }

    /** The config as the reference saves it. */
    public Config config() {
      return Config.parse(toString(), json.get("config").toString());
    }

    /** Only the fields that differ from the family's defaults, or null. */
    public Config minimal() {
      JsonNode minimal = json.get("config_minimal");
      return minimal == null || minimal.isNull()
          ? null
          : Config.parse(toString(), minimal.toString());
    }

    @Override
    public String toString() {
      return modelType() + "/" + variant() + "/" + className();
    }
  }

  /**
   * All rows: of every family a small config and its own defaults, of most also configs drawn at
   * random over the fields that change their structure.
   */
  public static List<Row> rows() {
    return Stream.of(
            "families",
            "decoder-configs",
            "encoder-configs",
            "vision-configs",
            "random-configs",
            "gpt-oss-configs") // After the others, whose places saved models go by.
        .flatMap(GoldenFamilies::read)
        .toList();
  }

  private static Stream<Row> read(String name) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        GoldenFamilies.class.getResourceAsStream("/golden/" + name + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(GoldenFamilies::row).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String line) {
    try {
      return new Row(JSON.readTree(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
