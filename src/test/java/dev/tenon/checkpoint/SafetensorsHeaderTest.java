package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules at their edges, as safetensors 0.8.0 and the format's description have them. */
class SafetensorsHeaderTest {
  @TempDir private Path directory;

  private Path write(String header, long dataBytes) throws IOException {
    return SafetensorsFile.write(directory.resolve("x.safetensors"), header, dataBytes);
  }

  private Path withField(String json) throws IOException {
    return write(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":" + json + "}}", 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " \n\t\r{}",
        "{}  \r\n\t",
        "{\"__metadata__\":{\"\":\"\"}}",
        "{\"\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"
      })
  void accepts(String header) throws IOException {
    Path file = write(header, 0);
    assertThatCode(() -> SafetensorsHeader.read(file)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}\f",
        "{},",
        "{]",
        "{\"a\":}",
        "",
        " ",
        "{'a':1}",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"
      })
  void refuses(String header) throws IOException {
    Path file = write(header, 0);
    assertThatThrownBy(() -> SafetensorsHeader.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0e99999999999999999999",
        "1e-99999999999999999999",
        "123456789012345678901234567890",
        "-0",
        "1.5",
        "\"\u007f\"",
        "{\"b\":[null,true]}",
        "\"\\ud83d\\ude00\""
      })
  void skipsAnUnknownField(String json) throws IOException {
    Path file = withField(json);
    assertThatCode(() -> SafetensorsHeader.read(file)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e400",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "NaN",
        "01",
        "1.",
        ".5",
        "+1",
        "Infinity",
        "\"\\x\"",
        "[1,]",
        "{\"b\":1,\"b\":2}",
        "tru",
        "//"
      })
  void refusesAnUnknownFieldThatIsNoJson(String json) throws IOException {
    Path file = withField(json);
    assertThatThrownBy(() -> SafetensorsHeader.read(file))
        .isExactlyInstanceOf(TenonException.class);
  }

  @Test
  void wholeNumbersPastFloat64AreRefused() throws IOException {
    Path file = withField("9".repeat(400));
    assertThatThrownBy(() -> SafetensorsHeader.read(file))
        .hasMessageContaining("number is out of range");
  }

  @Test
  void nestingIsLimitedAsUpstream() throws IOException {
    Path fits = withField("[".repeat(125) + "]".repeat(125));
    assertThatCode(() -> SafetensorsHeader.read(fits)).doesNotThrowAnyException();
    Path tooDeep = withField("[".repeat(126) + "]".repeat(126));
    assertThatThrownBy(() -> SafetensorsHeader.read(tooDeep))
        .isExactlyInstanceOf(TenonException.class);
  }

  @Test
  void namesThatAreTheSameOnceUnescapedAreDuplicates() throws IOException {
    String entry = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    Path file = write("{\"a\":" + entry + ",\"\\u0061\":" + entry + "}", 0);
    assertThatThrownBy(() -> SafetensorsHeader.read(file)).hasMessageContaining("uplicate");
  }

  @Test
  void tensorsPast2GiBHaveTheirOffsets() throws IOException {
    long bytes = 3L << 30;
    Path file =
        write(
            "{\"big\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                    .formatted(bytes / 2, bytes)
                + "\"next\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[%d,%d]}}"
                    .formatted(bytes, bytes + 8),
            bytes + 8);
    Shard shard = SafetensorsHeader.read(file).toShard();
    TensorEntry next = shard.entries().get(1);
    assertThat(next.dtype()).isEqualTo(DType.F32);
    assertThat(next.shape()).isEqualTo(Shape.of(2, 1));
    assertThat(next.offset()).isEqualTo(shard.size() - 8).isGreaterThan(bytes);
    assertThat(shard.entries().get(0).bytes()).isEqualTo(bytes);
  }

  @Test
  void sizesNoLibraryHoldsAreValidButNoShard() throws IOException {
    Path file =
        write(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0,18446744073709551615],\"data_offsets\":[0,0]}}",
            0);
    SafetensorsHeader header = SafetensorsHeader.read(file);
    assertThat(header.tensorCount()).isOne();
    assertThatThrownBy(header::toShard)
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("shape=[0, 18446744073709551615]");
  }

  @Test
  void theReasonIsTheFormatsNotTheParsers() throws IOException {
    Path file = write("{\"a\":{\"shape\":[1,2", 0);
    assertThatThrownBy(() -> SafetensorsHeader.read(file))
        .message()
        .endsWith("reason=Unexpected end-of-input: expected close marker for Array");
  }

  @Test
  void quotesNamesOnOneLine() throws IOException {
    Path file = write("{\"a\\nb\\u2028\":1}", 0);
    assertThatThrownBy(() -> SafetensorsHeader.read(file))
        .hasMessageContaining("tensor=a\\u000ab\\u2028");
  }
}
