package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.tensor.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/**
 * What the reference saves, and what this library does. {@code check_save.py} makes the one and,
 * asked with {@code -Dtenon.saved=DIRECTORY}, checks the other.
 */
public final class Saved {
  /** Bytes of a shard in golden files: several even for small models. */
  static final long SHARD_BYTES = 20_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEPT = System.getProperty("tenon.saved");

  private Saved() {}

  /** A row of a golden file; {@code toString} is what a parameterized test shows. */
  record Row(JsonNode json) {
    String name() {
      return json.get("name").textValue();
    }

    String className() {
      return json.get("cls").textValue();
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static Stream<Row> rows(String file) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(Saved.class.getResourceAsStream("/golden/" + file))),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(Saved::row).toList().stream();
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

  /** The checksum of each weight file and index, as the reference wrote them. */
  static Map<String, String> golden(JsonNode files) {
    Map<String, String> checksums = new TreeMap<>();
    files
        .properties()
        .forEach(file -> checksums.put(file.getKey(), file.getValue().get("crc32").textValue()));
    return checksums;
  }

  /** The checksum of each weight file and index in a directory. */
  static Map<String, String> checksums(Path directory) throws IOException {
    Map<String, String> checksums = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("model")) {
          CRC32 crc = new CRC32();
          crc.update(Files.readAllBytes(file));
          checksums.put(name, String.format("%08x", crc.getValue()));
        }
      }
    }
    return checksums;
  }

  /** Names of the tensors of all files of a golden row. */
  static List<String> names(JsonNode files) {
    return files.properties().stream()
        .flatMap(
            file ->
                Stream.iterate(0, i -> i < file.getValue().path("tensors").size(), i -> i + 1)
                    .map(i -> file.getValue().get("tensors").get(i).textValue()))
        .sorted()
        .toList();
  }

  public static JsonNode config(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("config.json").toFile());
  }

  /** A model loaded from what was saved of another one is that one. */
  static void assertSame(Model model, Path saved) {
    LoadOptions options = LoadOptions.builder().className(className(model)).dtype(null).build();
    try (Model again = Tenon.load(saved, options)) {
      assertThat(again.report().missing()).isEmpty();
      assertThat(again.report().unexpected()).isEmpty();
      assertThat(again.report().mismatched()).isEmpty();
      assertThat(again.names()).isEqualTo(model.names());
      assertThat(again.tied()).isEqualTo(model.tied());
      assertThat(again.report().parted()).isEqualTo(model.report().parted());
      assertThat(again.tieWordEmbeddings()).isEqualTo(model.tieWordEmbeddings());
      assertThat(again.digests()).isEqualTo(model.digests());
    }
  }

  private static String className(Model model) {
    String name = model.skeleton().className();
    return name.isEmpty() ? null : name;
  }

  /** Keeps what was saved for the reference to read, if that was asked for. */
  static void keep(String name, Model model, Path saved) throws IOException {
    if (KEPT == null) {
      return;
    }
    Path directory = Files.createDirectories(Path.of(KEPT, name.replace('/', '.')));
    try (Stream<Path> files = Files.list(saved)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    ObjectNode digest = JSON.createObjectNode();
    digest.put("class", model.skeleton().className());
    ObjectNode tensors = digest.putObject("tensors");
    model.digests().forEach((tensor, crc) -> tensors.put(tensor, String.format("%08x", crc)));
    Files.writeString(directory.resolve("digest.json"), digest.toString());
  }

  /** The dtype a scenario is loaded in; null for what the checkpoint suggests. */
  static DType dtype(JsonNode expected) {
    String name = expected.get("dtype").textValue();
    return name.equals("auto") ? null : DType.ofTorchName(name);
  }
}
