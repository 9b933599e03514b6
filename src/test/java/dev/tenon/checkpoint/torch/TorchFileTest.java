package dev.tenon.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorBytes;
import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files torch 2.13 wrote, and what torch itself reads from them ({@code expected.json}). */
class TorchFileTest {
  private static final Path FILES = Path.of("src/test/resources/torch");

  private static JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(FILES.resolve("expected.json").toFile());
  }

  static Stream<String> readable() throws IOException {
    return expected().propertyStream().map(Map.Entry::getKey);
  }

  private static Map<String, TensorEntry> read(String name) {
    return TorchFile.read(FILES.resolve(name + ".bin")).entries().stream()
        .collect(Collectors.toMap(TensorEntry::name, entry -> entry));
  }

  @ParameterizedTest
  @MethodSource("readable")
  void tensorsAreTorchs(String name) throws IOException {
    Map<String, TensorEntry> entries = read(name);
    JsonNode tensors = expected().get(name);
    assertThat(entries).hasSize(tensors.size());
    for (Map.Entry<String, JsonNode> expected : tensors.properties()) {
      TensorEntry entry = entries.get(expected.getKey());
      JsonNode facts = expected.getValue();
      assertThat(entry).as(expected.getKey()).isNotNull();
      assertThat(entry.dtype().torchName()).isEqualTo(facts.get("dtype").asText());
      assertThat(entry.shape().dims())
          .isEqualTo(facts.get("shape").valueStream().mapToLong(JsonNode::asLong).toArray());
      assertThat(entry.contiguous()).isEqualTo(facts.get("contiguous").asBoolean());
      assertThat(TensorBytes.crc32(entry)).isEqualTo(facts.get("crc32").asText());
    }
  }

  @Test
  void viewsOfOneStorageShareItsBytes() {
    Map<String, TensorEntry> views = read("views");
    TensorEntry whole = views.get("whole");
    assertThat(views.get("again").offset()).isEqualTo(whole.offset());
    assertThat(views.get("transposed").offset()).isEqualTo(whole.offset());
    assertThat(views.get("transposed").span()).isEqualTo(whole.bytes());
    assertThat(views.get("row").offset()).isEqualTo(whole.offset() + 2 * 8 * 4);
    assertThat(views.get("expanded").span()).isEqualTo(3 * 4);
  }

  @Test
  void tensorsComeInTheStoredOrder() {
    assertThat(TorchFile.read(FILES.resolve("module.bin")).entries())
        .extracting(TensorEntry::name)
        .containsExactly(
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "1.num_batches_tracked");
  }

  @Test
  void valuesThatAreNoTensorsAreKeptAsText() {
    assertThat(TorchFile.read(FILES.resolve("mixed.bin")).metadata())
        .containsEntry("epoch", "3")
        .containsEntry("lr", "0.001")
        .containsEntry("flag", "true")
        .containsEntry("nothing", "None")
        .containsEntry("args", "dict")
        .containsEntry("neg", "-5")
        .containsEntry("big", "1208925819614629174706176");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          os_system       | posix.system
          eval            | eval
          argparse        | argparse.Namespace
          complex128      | torch.ComplexDoubleStorage
          conjugate       | conjugate
          sparse          | torch._utils._rebuild_sparse_tensor
          protocol4       | instruction 0x95
          torchscript     | TorchScript
          nested          | keys=state_dict
          list            | no dictionary of tensors
          compressed      | compressed
          big_endian      | byteorder=big
          missing_storage | storage is missing
          short_storage   | larger than its entry
          dot_dot         | no plain path
          no_pickle       | no data.pkl
          truncated       | truncated
          """)
  void refusesWithTheReason(String name, String reason) {
    Path file = FILES.resolve(name + ".bin");
    assertThatThrownBy(() -> TorchFile.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining(reason);
  }

  @Test
  void neverRunsCode() {
    assertThatThrownBy(() -> TorchFile.read(FILES.resolve("os_system.bin")))
        .isExactlyInstanceOf(TenonException.class);
    assertThat(Files.exists(Path.of("/tmp/pwned"))).isFalse();
  }
}
