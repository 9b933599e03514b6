package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads, copies and conversions. */
class MoveTest {
  @TempDir Path folder;
  private NativeCore core;

  @BeforeEach
  void open() {
    NativeCores.assume();
    core = NativeCore.load(2);
  }

  @AfterEach
  void close() {
    if (core != null) {
      core.close();
    }
  }

  private Memory convert(Memory from, int elements, DType in, DType out) {
    Memory to = Memory.of(out.bytes(elements));
    core.copy(new MoveBatch().add(from.address(), to.address(), elements, in, out));
    return to;
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyHalfGoesToFloatAndBack(DType half) {
    Memory codes = Memory.of(2 * 65536);
    for (int i = 0; i < 65536; i++) {
      codes.buffer().putShort(2 * i, (short) i);
    }
    Memory floats = convert(codes, 65536, half, DType.F32);
    Memory doubles = convert(codes, 65536, half, DType.F64);
    Memory back = convert(floats, 65536, DType.F32, half);
    for (int i = 0; i < 65536; i++) {
      float known = (float) codes.element(half, i);
      assertThat(floats.float32(i)).as("code %04x", i).isEqualTo(Float.valueOf(known));
      assertThat(doubles.element(DType.F64, i)).as("code %04x", i).isEqualTo(Double.valueOf(known));
      if (Float.isNaN(known)) {
        assertThat(back.element(half, i)).as("code %04x", i).isNaN();
      } else {
        assertThat(back.buffer().getShort(2 * i)).as("code %04x", i).isEqualTo((short) i);
      }
    }
  }

  @Test
  void anyFloatRoundsToTheNearestHalf() {
    int count = 200_000;
    Random random = new Random(4);
    Memory floats = Memory.of(4L * count);
    for (int i = 0; i < count; i++) {
      int bits = random.nextInt();
      // Every other one within float16's exponents, where there is something to round.
      float x = i % 2 == 0 ? Float.intBitsToFloat(bits) : (float) random.nextGaussian() * 1e-3f;
      floats.buffer().putFloat(4 * i, Float.isNaN(x) ? 1 : x);
    }
    Memory float16 = convert(floats, count, DType.F32, DType.F16);
    Memory bfloat16 = convert(floats, count, DType.F32, DType.BF16);
    for (int i = 0; i < count; i++) {
      float x = floats.float32(i);
      assertThat(float16.buffer().getShort(2 * i)).as("%a", x).isEqualTo(Halves.toFloat16(x));
      assertThat(bfloat16.buffer().getShort(2 * i)).as("%a", x).isEqualTo(Halves.toBfloat16(x));
    }
  }

  @Test
  void readsEqualTheFileAndConvertOnTheWay() throws IOException {
    byte[] bytes = new byte[3_000_011];
    new Random(5).nextBytes(bytes);
    Path path = Files.write(folder.resolve("größe.bin"), bytes);
    Memory raw = Memory.of(bytes.length - 3);
    Memory wide = Memory.of(4L * 1_400_000);
    Memory mapped = Memory.of(bytes.length);
    mapped.buffer().put(0, bytes);
    Memory expected = Memory.of(4L * 1_400_000);
    try (NativeFile file = NativeFile.open(path)) {
      assertThat(core.cached(file, 0, bytes.length, mapped.address())).isEqualTo(1);
      file.read(
          core,
          new MoveBatch()
              .add(3, raw.address(), bytes.length - 3)
              .add(7, wide.address(), 1_400_000, DType.BF16, DType.F32));
    }
    core.copy(
        new MoveBatch()
            .add(mapped.address() + 7, expected.address(), 1_400_000, DType.BF16, DType.F32));
    assertThat(raw.bytes()).isEqualTo(Arrays.copyOfRange(bytes, 3, bytes.length));
    assertThat(wide.bytes()).isEqualTo(expected.bytes());
  }

  @Test
  void aFileThatEndsEarlyIsAnErrorThatNamesIt() throws IOException {
    Path path = Files.write(folder.resolve("short.bin"), new byte[100]);
    Memory memory = Memory.of(200);
    try (NativeFile file = NativeFile.open(path)) {
      MoveBatch batch = new MoveBatch().add(0, memory.address(), 10).add(50, memory.address(), 51);
      assertThatThrownBy(() -> file.read(core, batch))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("short.bin")
          .hasMessageContaining("item=1, source=50, bytes=51")
          .hasMessageContaining("the file ends too early");
    }
  }

  @Test
  void whatCannotBeOpenedOrConvertedIsSaid() {
    assertThatThrownBy(() -> NativeFile.open(folder.resolve("absent")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("absent")
        .hasMessageContaining("No such file");
    assertThat(MoveBatch.converts(DType.F8_E4M3, DType.BF16)).isTrue();
    assertThat(MoveBatch.converts(DType.F32, DType.F8_E4M3)).isFalse();
    assertThat(MoveBatch.converts(DType.I64, DType.F32)).isFalse();
    assertThatThrownBy(() -> new MoveBatch().add(0, 8, 1, DType.I64, DType.F32))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("from=int64");
    assertThatThrownBy(() -> new MoveBatch().add(-1, 8, 1)).isInstanceOf(TenonException.class);
  }

  @Test
  void emptyTensorsNeedNoMemory() {
    core.copy(new MoveBatch().add(0, 0, 0, DType.BF16, DType.F32));
    core.fill(new FillBatch(0).add("w", 0, 0, 0, DType.F32, new Distribution.Normal(0, 1)));
  }

  /** Transposed, pitched and with gaps: each element as if it were moved alone. */
  @Test
  void boxesAreMovedAsTheirElementsWouldBe() throws IOException {
    byte[] bytes = new byte[4 * 90 * 70];
    new Random(6).nextBytes(bytes);
    Path path = Files.write(folder.resolve("box.bin"), bytes);
    Memory box = Memory.of(2L * 60 * 80);
    Memory alone = Memory.of(2L * 60 * 80);
    try (NativeFile file = NativeFile.open(path)) {
      file.read(
          core,
          new MoveBatch()
              .add(8, box.address(), DType.F32, DType.BF16)
              .axis(1, 80, 4 * 70, 2)
              .axis(2, 60, 4, 2 * 80));
      MoveBatch elements = new MoveBatch();
      for (int row = 0; row < 80; row++) {
        for (int column = 0; column < 60; column++) {
          long from = 8 + 4L * (70 * row + column);
          elements.add(from, alone.address() + 2L * (80 * column + row), 1, DType.F32, DType.BF16);
        }
      }
      file.read(core, elements);
    }
    assertThat(box.bytes()).isEqualTo(alone.bytes());
  }
}
