package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.Residency;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors at offsets no processor likes, empty ones, scalars, and every way to convert them. */
class ReaderTest {
  private static final int ELEMENTS = 1000;

  @TempDir private Path directory;

  /**
   * A byte first, so that {@code odd} begins at an odd offset; float32 values 0, 1, 2 and so on.
   */
  private Checkpoint checkpoint() throws IOException {
    int bytes = 4 * ELEMENTS;
    String header =
        """
        {"byte":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "odd":{"dtype":"F32","shape":[10,100],"data_offsets":[1,%d]},\
        "scalar":{"dtype":"F32","shape":[],"data_offsets":[%d,%d]},\
        "none":{"dtype":"F32","shape":[0,3],"data_offsets":[%d,%d]}}"""
            .formatted(1 + bytes, 1 + bytes, 5 + bytes, 5 + bytes, 5 + bytes);
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + 5 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text).put((byte) 9);
    for (int i = 0; i < ELEMENTS; i++) {
      file.putFloat(i);
    }
    file.putFloat(7);
    Files.write(directory.resolve("model.safetensors"), file.array());
    return Checkpoint.open(directory, null);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, MMAP, true", "F32, MMAP, false", "F32, COPY, true", "F32, COPY, false",
    "F32, POPULATE, true", "F32, POPULATE, false", "BF16, MMAP, true", "BF16, MMAP, false",
    "F64, COPY, true", "F64, COPY, false", "F16, POPULATE, true", "F16, POPULATE, false"
  })
  void valuesArriveWhole(DType dtype, Residency residency, boolean core) throws IOException {
    Checkpoint checkpoint = checkpoint();
    LoadPlan plan = Planner.plan(checkpoint, new PlanOptions(dtype, false));
    EngineOptions options = EngineOptions.defaults().residing(residency);
    try (Loaded loaded =
        Engine.load(
            plan,
            checkpoint.shards(),
            options,
            LoadListener.NONE,
            core ? LazyCore.of(2) : LazyCore.none())) {
      Tensor odd = tensor(loaded, "odd");
      assertThat(odd.scalar_type().intern()).isEqualTo(TorchTypes.scalarType(dtype));
      try (Tensor wide = odd.to(ScalarType.Double);
          Tensor row = wide.select(0, 2)) {
        assertThat(row.select(0, 0).item_double()).isEqualTo(200);
        assertThat(row.select(0, 56).item_double()).isEqualTo(256);
      }
      assertThat(tensor(loaded, "scalar").item_double()).isEqualTo(7);
      assertThat(tensor(loaded, "scalar").dim()).isZero();
      assertThat(tensor(loaded, "none").numel()).isZero();
      assertThat(tensor(loaded, "none").size(1)).isEqualTo(3);
      assertThat(tensor(loaded, "byte").item_byte()).isEqualTo((byte) 9);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MMAP, true",
    "MMAP, false",
    "COPY, true",
    "COPY, false",
    "POPULATE, true",
    "POPULATE, false"
  })
  void pairsOfFourBitsArriveAsTheyAre(Residency residency, boolean core) throws IOException {
    String header =
        """
        {"byte":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "a":{"dtype":"F4","shape":[3,8],"data_offsets":[1,13]},\
        "b":{"dtype":"F4","shape":[3,8],"data_offsets":[13,25]},\
        "c":{"dtype":"F4","shape":[3,8],"data_offsets":[25,37]},\
        "d":{"dtype":"F4","shape":[3,8],"data_offsets":[37,49]},\
        "large":{"dtype":"F4","shape":[2,9000000],"data_offsets":[49,9000049]},\
        "none":{"dtype":"F4","shape":[3,0],"data_offsets":[9000049,9000049]}}""";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    byte[] data = new byte[9000049];
    new Random(1).nextBytes(data);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(
        directory.resolve("model.safetensors"),
        file.putLong(text.length).put(text).put(data).array());
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    LoadPlan plan = Planner.plan(checkpoint, PlanOptions.DEFAULT);
    try (Loaded loaded =
        Engine.load(
            plan,
            checkpoint.shards(),
            EngineOptions.defaults().residing(residency),
            LoadListener.NONE,
            core ? LazyCore.of(2) : LazyCore.none())) {
      Tensor c = tensor(loaded, "c");
      assertThat(c.scalar_type().intern()).isEqualTo(ScalarType.Float4_e2m1fn_x2);
      assertThat(c.shape()).containsExactly(3, 4);
      assertThat(c.is_contiguous()).isTrue();
      assertThat(tensor(loaded, "none").shape()).containsExactly(3, 0);
      assertThat(TensorDigest.crc32(tensor(loaded, "a"))).isEqualTo(crc32(data, 1, 12));
      assertThat(TensorDigest.crc32(c)).isEqualTo(crc32(data, 25, 12));
      assertThat(TensorDigest.crc32(tensor(loaded, "large"))).isEqualTo(crc32(data, 49, 9000000));
    }
  }

  private static int crc32(byte[] data, int start, int length) {
    CRC32 crc = new CRC32();
    crc.update(data, start, length);
    return (int) crc.getValue();
  }

  private static Tensor tensor(Loaded loaded, String name) {
    return loaded.tensor(loaded.plan().skeleton().index().get(name));
  }
}
