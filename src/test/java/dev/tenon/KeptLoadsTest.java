package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed weights that stay as the files hold them, through a load and a save. */
class KeptLoadsTest {
  private static final Path LAYOUTS = Path.of("src/test/resources/quantised/loads");
  private static final LoadOptions KEEP = LoadOptions.builder().quantised(Quantised.KEEP).build();

  @TempDir Path dir;

  static Stream<Path> layouts() throws IOException {
    try (Stream<Path> layouts = Files.list(LAYOUTS)) {
      return layouts.sorted().toList().stream();
    }
  }

  /** What a checkpoint's files hold, in words: dtype, shape, CRC-32 of the bytes. */
  private static Map<String, String> held(Path checkpoint) {
    Map<String, String> held = new TreeMap<>();
    for (TensorEntry entry : Tenon.inspect(checkpoint).entries()) {
      CRC32 crc = new CRC32();
      try (FileChannel file = FileChannel.open(entry.file())) {
        ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes());
        file.read(bytes, entry.offset());
        crc.update(bytes.flip());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      held.put(entry.name(), text(entry.dtype(), entry.shape(), crc.getValue()));
    }
    return held;
  }

  private static String text(DType dtype, Object shape, long crc) {
    return "%s %s %08x".formatted(dtype, shape, crc);
  }

  private static Map<String, String> held(Model model) {
    Map<String, Integer> digests = model.digests();
    Map<String, String> held = new TreeMap<>();
    for (SlotReport slot : model.report().slots()) {
      long crc = Integer.toUnsignedLong(digests.get(slot.name()));
      held.put(slot.name(), text(slot.dtype(), slot.slot().shape(), crc));
    }
    return held;
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void tensorsAreWhatTheFilesHoldAndMapped(Path layout) {
    try (Model model = Tenon.load(layout, KEEP)) {
      assertThat(held(model)).isEqualTo(held(layout));
      assertThat(model.packed()).containsOnlyKeys(name(layout));
      PackedWeight weight = model.packed().get(name(layout));
      assertThat(model.names()).containsAll(weight.tensors());
      assertThat(model.report().packed()).containsExactly(weight);
      assertThat(model.report().warnings()).noneMatch(warning -> warning.contains("unpacked"));
      assertThat(model.report().read().converted()).isZero();
      long aligned = 0;
      for (TensorEntry entry : Checkpoint.open(layout, null).entries()) {
        aligned += entry.aligned() ? entry.bytes() : 0;
      }
      assertThat(model.report().read().mapped()).isEqualTo(aligned);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aSaveIsTheSameCheckpoint(Path layout) throws IOException {
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(layout, KEEP)) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(held(out)).isEqualTo(held(layout));
    JsonMapper json = new JsonMapper();
    JsonNode before = json.readTree(layout.resolve("config.json").toFile());
    JsonNode after = json.readTree(out.resolve("config.json").toFile());
    for (String field : new String[] {"quantization_config", "quantization"}) {
      assertThat(after.get(field)).isEqualTo(before.get(field));
    }
    LoadOptions unpacked = LoadOptions.builder().dtype(DType.F32).build();
    try (Model one = Tenon.load(layout, unpacked);
        Model other = Tenon.load(out, unpacked)) {
      assertThat(other.digests()).isEqualTo(one.digests());
    }
  }

  private static String name(Path layout) {
    try {
      JsonNode expected = new JsonMapper().readTree(layout.resolve("expected.json").toFile());
      return expected.get("name").textValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatNeedsPlainWeightsIsRefused() {
    Path layout = LAYOUTS.resolve("mlx-4bit-g64-tied");
    try (Model model = Tenon.load(layout, KEEP)) {
      assertThatThrownBy(() -> model.tieWordEmbeddings(true))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("keeps its ties: tensor=a.weight")
          .hasMessageEndingWith("remedy=load it unpacked");
      assertThatThrownBy(() -> model.resizeTokenEmbeddings(8))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("keeps its rows: tensor=a.weight");
    }
    LoadOptions adapted =
        KEEP.toBuilder().adapter(Path.of("src/test/resources/adapters/llama-qv")).build();
    assertThatThrownBy(() -> Tenon.load(layout, adapted).close())
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("Adapters are merged into plain weights")
        .hasMessageContaining("tensor=a.weight, adapters=");
  }

  @Test
  void modelOptsFileGoesWithWhatIsPackedAndNotWithWhatIsPlain() throws IOException {
    Path layout = LAYOUTS.resolve("modelopt-nvfp4");
    Path from = Files.createDirectories(dir.resolve("from"));
    Files.copy(layout.resolve("model.safetensors"), from.resolve("model.safetensors"));
    Path said = from.resolve("hf_quant_config.json");
    Files.writeString(said, "{\"quantization\":{\"quant_algo\":\"NVFP4\"}}");
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(from, KEEP)) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(out.resolve("hf_quant_config.json")).hasSameTextualContentAs(said);
    try (Model model = Tenon.load(from, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(out.resolve("hf_quant_config.json")).doesNotExist();
  }

  @Test
  void wordsInTheHeaderGoWithWhatIsPacked() throws IOException {
    Path from = Files.createDirectories(dir.resolve("from"));
    String header =
        "{\"__metadata__\":{\"format\":\"pt\",\"a.weight\":\"{\\\"_type\\\":\\\"Int8Tensor\\\"}\"},"
            + "\"a._weight_qdata\":{\"dtype\":\"I8\",\"shape\":[1,4],\"data_offsets\":[0,4]},"
            + "\"a._weight_scale\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}";
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length() + 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length()).put(header.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    file.putInt(0x04030201).putFloat(0.5f);
    Files.write(from.resolve("model.safetensors"), file.array());
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(from, KEEP)) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(Checkpoint.open(out, null).shards().get(0).metadata())
        .containsEntry("a.weight", "{\"_type\":\"Int8Tensor\"}")
        .containsEntry("format", "pt");
  }
}
