package dev.tenon.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenon.LoadProgress;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.VerifyOptions;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.NonFinite;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Verification;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is NaN or infinite is counted as torch counts it, wherever it stands. */
class DataScanTest {
  private static final Path GOLDEN = Path.of("src/test/resources/integrity");

  @TempDir private Path directory;

  @Test
  void countsAreTorchsForEveryType() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(GOLDEN.resolve("specials.json").toFile());
    Verification found =
        Tenon.verify(GOLDEN.resolve("specials.safetensors"), VerifyOptions.everyValue());
    assertThat(found.dataRead()).isTrue();
    assertThat(found.nonFinite()).hasSize(expected.size());
    for (NonFinite tensor : found.nonFinite()) {
      JsonNode counts = expected.get(tensor.tensor());
      assertThat(tensor.nans()).as(tensor.tensor()).isEqualTo(counts.get("nan").longValue());
      assertThat(tensor.infinities())
          .as(tensor.tensor())
          .isEqualTo(counts.get("infinite").longValue());
    }
  }

  @Test
  void soundWeightsHaveNone() {
    Path model = Path.of("src/test/resources/scenarios/gemma2-sharded");
    assertThat(Tenon.verify(model, VerifyOptions.everyValue()).nonFinite()).isEmpty();
    assertThat(Tenon.verify(model, true).nonFinite()).isNull();
    assertThat(Tenon.verify(model, false).dataRead()).isFalse();
  }

  /** Elements that lie across the edges of pieces and blocks, in a tensor at an odd offset. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "BF16", "F8_E4M3"})
  void noPlaceIsOverlooked(DType dtype) throws IOException {
    int size = dtype.bits() / 8;
    int elements = 1_700_000 / size;
    Random random = new Random(7);
    Set<Integer> places = new TreeSet<>(Set.of(0, elements - 1));
    for (int i = 0; i < 50; i++) {
      places.add(random.nextInt(elements));
      // Around the first edges of pieces.
      places.add(((1 << 19) * (1 + i % 3) - 100) / size + i % 12);
    }
    byte[] data = new byte[3 + elements * size];
    for (int place : places) {
      for (int i = 0; i < size; i++) {
        data[3 + place * size + i] = (byte) 0xff;
      }
    }
    Path file = write(dtype, elements, data);
    List<NonFinite> found = Tenon.verify(file, VerifyOptions.everyValue()).nonFinite();
    assertThat(found).containsExactly(new NonFinite(file, "w", dtype, places.size(), 0));
  }

  private Path write(DType dtype, int elements, byte[] data) throws IOException {
    String header =
        ("{\"pad\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
                + "\"w\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[3,%d]}}")
            .formatted(dtype.code(), elements, data.length);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII)).put(data);
    return Files.write(directory.resolve("w.safetensors"), bytes.array());
  }

  @Test
  void aFileThatChangedSinceItsHeaderIsRefused() throws IOException {
    Path file = write(DType.U8, 1000, new byte[1003]);
    List<Shard> shards = Checkpoint.open(file, null).shards();
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(500);
    }
    assertThatThrownBy(() -> DataScan.read(shards, Map.of(), ReadProgress.NONE))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("was truncated");
  }

  /** A .bin file's tensors may share bytes; a million of them over one storage would never end. */
  @Test
  void tensorsOutOfAllProportionAreRefused() throws IOException {
    Path file = write(DType.U8, 1_000_000, new byte[1_000_003]);
    Shard shard = Checkpoint.open(file, null).shards().get(0);
    Shard many =
        new Shard(
            file, shard.stamp(), Collections.nCopies(70, shard.entries().get(1)), shard.metadata());
    assertThatThrownBy(() -> DataScan.nonFinite(List.of(many), Map.of(), ReadProgress.NONE))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("more bytes than the file could hold");
  }

  @Test
  void progressIsTold() throws IOException {
    Path file = write(DType.U8, 1_000_000, new byte[1_000_003]);
    long[] last = new long[2];
    LoadProgress progress =
        (phase, done, total) -> {
          assertThat(phase).isEqualTo("read");
          last[0] = done;
          last[1] = total;
        };
    Tenon.verify(file, VerifyOptions.everyByte().withProgress(progress));
    assertThat(last).containsExactly(Files.size(file), Files.size(file));
  }
}
