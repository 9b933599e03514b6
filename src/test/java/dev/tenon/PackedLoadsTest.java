package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Weights as libraries pack them, and what each format says they are. Where they come from is no
 * model: a weight is loaded under its own name.
 */
class PackedLoadsTest {
  private static final Path LAYOUTS = Path.of("src/test/resources/quantised/loads");

  @TempDir Path dir;

  @BeforeEach
  void unpackedByTheNativeCore() {
    Assumptions.assumeTrue(NativeCore.available());
  }

  static Stream<Path> layouts() throws IOException {
    try (Stream<Path> layouts = Files.list(LAYOUTS)) {
      return layouts.sorted().toList().stream();
    }
  }

  private static JsonNode expected(Path layout) throws IOException {
    return new JsonMapper().readTree(layout.resolve("expected.json").toFile());
  }

  private static LoadOptions in(DType dtype) {
    return LoadOptions.builder().dtype(dtype).build();
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aWeightIsWhatItsFormatSaysToTheBit(Path layout) throws IOException {
    JsonNode expected = expected(layout);
    String name = expected.get("name").textValue();
    for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
      JsonNode wanted = expected.get(dtype.torchName());
      try (Model model = Tenon.load(layout, in(dtype))) {
        assertThat(model.names()).containsExactly(name);
        assertThat(model.tensor(name).shape())
            .containsExactly(new JsonMapper().treeToValue(wanted.get("shape"), long[].class));
        assertThat("%08x".formatted(model.digests().get(name)))
            .as("%s of %s", dtype, layout)
            .isEqualTo(wanted.get("crc32").textValue());
        assertThat(model.report().warnings())
            .anyMatch(warning -> warning.contains("Packed weights are unpacked"));
      }
    }
  }

  /** Each of its tensors shorter than it says: the file cut, or a smaller one in its place. */
  @ParameterizedTest
  @MethodSource("layouts")
  void aFileThatIsCutIsOneError(Path layout) throws IOException {
    for (Path file : new Path[] {Path.of("config.json"), Path.of("model.safetensors")}) {
      Files.copy(layout.resolve(file), dir.resolve(file));
    }
    try (RandomAccessFile cut =
        new RandomAccessFile(dir.resolve("model.safetensors").toFile(), "rw")) {
      cut.setLength(cut.length() - 1);
    }
    assertThatThrownBy(() -> Tenon.load(dir, in(DType.F32)).close())
        .isInstanceOf(TenonException.class)
        .hasMessageNotContainingAny("\n", "null")
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void aSaveWritesThemPlainAndSaysNothingOfPacking() throws IOException {
    Path layout = LAYOUTS.resolve("mlx-4bit-g64-tied");
    Path from = Files.createDirectories(dir.resolve("from"));
    Files.copy(layout.resolve("model.safetensors"), from.resolve("model.safetensors"));
    Files.writeString(
        from.resolve("config.json"),
        "{\"quantization\":{\"group_size\":64,\"bits\":4},\"text_config\":{\"quantization_config\":"
            + "{\"group_size\":64,\"bits\":4},\"kept\":1}}");
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(from, in(DType.F32))) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(Tenon.inspect(out).entries().stream().map(TensorEntry::name))
        .containsExactly("a.weight");
    JsonNode config = new JsonMapper().readTree(out.resolve("config.json").toFile());
    assertThat(config.has("quantization")).isFalse();
    assertThat(config.get("text_config").toString()).isEqualTo("{\"kept\":1}");
    try (Model model = Tenon.load(out, in(DType.F32))) {
      String crc = "%08x".formatted(model.digests().get("a.weight"));
      assertThat(crc).isEqualTo(expected(layout).get("float32").get("crc32").textValue());
    }
  }
}
