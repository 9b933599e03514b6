package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tenon.nativecore.Distribution.Constant;
import dev.tenon.nativecore.Distribution.Normal;
import dev.tenon.nativecore.Distribution.TruncatedNormal;
import dev.tenon.nativecore.Distribution.Uniform;
import dev.tenon.tensor.DType;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What every fill promises: the same bits for the same seed, name and index. */
class FillTest {
  static final List<DType> DTYPES = List.of(DType.F32, DType.BF16, DType.F16, DType.F64);
  static final List<Distribution> DISTRIBUTIONS =
      List.of(
          new Constant(0.1),
          new Uniform(-0.3, 0.7),
          new Normal(0.5, 0.02),
          new TruncatedNormal(0, 1, -2, 2),
          new TruncatedNormal(0, 1, -0.5, Double.POSITIVE_INFINITY),
          new TruncatedNormal(0, 0.02, 0.12, 0.2));

  private static NativeCore core;

  @BeforeAll
  static void open() {
    NativeCores.assume();
    core = NativeCore.load(2);
  }

  @AfterAll
  static void close() {
    if (core != null) {
      core.close();
    }
  }

  static byte[] fill(NativeCore core, DType dtype, Distribution d, long start, int length) {
    Memory memory = Memory.of(dtype.bytes(length));
    core.fill(new FillBatch(7).add("weight", memory.address(), start, length, dtype, d));
    return memory.bytes();
  }

  @Test
  void wordsAreThoseOfTheNamesStream() {
    assertThat(ReferencePhilox.block(0, 0, 0))
        .as("Random123's known answer")
        .containsExactly(0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L);
    for (String name : List.of("", "w", "größe", "x".repeat(37), "x".repeat(38), "x".repeat(500))) {
      for (long seed : new long[] {0, 42, -1}) {
        Memory memory = Memory.of(400);
        core.fill(
            new FillBatch(seed)
                .add("another", memory.address(), 0, 1, DType.F32, new Constant(0))
                .add(name, memory.address(), 3, 100, DType.F32, new Uniform(0, 1)));
        PhiloxKey key = PhiloxKey.of(seed, name);
        for (int i = 0; i < 100; i++) {
          float expected = (ReferencePhilox.word(key, 3 + i) >>> 8) * 0x1p-24f;
          assertThat(memory.float32(i)).as("%s %d", name, seed).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void normalIsBoxMullersOfItsWords() {
    PhiloxKey key = PhiloxKey.of(7, "weight");
    int length = 100_000;
    Memory memory = Memory.of(4L * length);
    core.fill(
        new FillBatch(7).add("weight", memory.address(), 0, length, DType.F32, new Normal(0, 1)));
    for (int i = 0; i < length; i += 2) {
      double u = (ReferencePhilox.word(key, i) + 0.5) * 0x1p-32;
      int w = (int) ReferencePhilox.word(key, i + 1);
      double t = (w + 0.5) * Math.PI * 0x1p-33;
      double r = Math.sqrt(-2 * Math.log(u)) * ((w & 2) == 0 ? 1 : -1);
      double sine = r * Math.sin(t);
      double cosine = r * Math.cos(t);
      boolean turned = (w & 1) == 1;
      assertThat(memory.float32(i)).isCloseTo((float) (turned ? sine : cosine), within(2e-6f));
      assertThat(memory.float32(i + 1)).isCloseTo((float) (turned ? cosine : sine), within(2e-6f));
    }
  }

  @ParameterizedTest
  @FieldSource("DISTRIBUTIONS")
  void everyInstructionSetGivesTheSameBits(Distribution distribution) {
    Random random = new Random(1);
    for (InstructionSet set : NativeCores.sets()) {
      try (NativeCore other = NativeCore.load(1, set)) {
        for (int i = 0; i < 40; i++) {
          long start = random.nextLong(1L << (2 + random.nextInt(60)));
          int length = random.nextInt(1 << random.nextInt(11));
          for (DType dtype : DTYPES) {
            assertThat(fill(other, dtype, distribution, start, length))
                .as("%s %s start=%d length=%d", set, dtype, start, length)
                .isEqualTo(fill(core, dtype, distribution, start, length));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("DISTRIBUTIONS")
  void shardsEqualTheWhole(Distribution distribution) {
    int length = 70_001;
    Random random = new Random(2);
    for (DType dtype : DTYPES) {
      byte[] whole = fill(core, dtype, distribution, 0, length);
      Memory memory = Memory.of(dtype.bytes(length));
      FillBatch batch = new FillBatch(7);
      for (int start = 0; start < length; ) {
        int part = Math.min(length - start, random.nextInt(5_000));
        long address = memory.address() + dtype.bytes(start);
        batch.add("weight", address, start, part, dtype, distribution);
        start += part;
      }
      core.fill(batch);
      assertThat(memory.bytes()).as("%s", dtype).isEqualTo(whole);
    }
  }

  @Test
  void halvesAreFloatsRounded() {
    int length = 40_000;
    for (Distribution d : List.of(new Normal(0.5, 0.02), new TruncatedNormal(0, 1, -3, 3))) {
      Memory exact = Memory.of(4L * length);
      Memory bfloat16 = Memory.of(2L * length);
      Memory float16 = Memory.of(2L * length);
      Memory float64 = Memory.of(8L * length);
      core.fill(
          new FillBatch(7)
              .add("weight", exact.address(), 0, length, DType.F32, d)
              .add("weight", bfloat16.address(), 0, length, DType.BF16, d)
              .add("weight", float16.address(), 0, length, DType.F16, d)
              .add("weight", float64.address(), 0, length, DType.F64, d));
      for (int i = 0; i < length; i++) {
        float x = exact.float32(i);
        assertThat(bfloat16.buffer().getShort(2 * i)).isEqualTo(Halves.toBfloat16(x));
        assertThat(float16.buffer().getShort(2 * i)).isEqualTo(Halves.toFloat16(x));
        assertThat(float64.buffer().getDouble(8 * i)).isEqualTo(x);
      }
    }
  }

  @Test
  void threadsDoNotMatter() {
    Distribution d = new Normal(0, 1);
    int length = 1 << 20;
    byte[] two = fill(core, DType.BF16, d, 5, length);
    for (int threads : new int[] {1, 3, 8}) {
      try (NativeCore other = NativeCore.load(threads)) {
        assertThat(fill(other, DType.BF16, d, 5, length)).isEqualTo(two);
      }
    }
  }

  @Test
  void fillsNothingButItsRun() {
    Memory memory = Memory.of(64);
    core.fill(
        new FillBatch(7).add("weight", memory.address() + 20, 3, 5, DType.F32, new Constant(1)));
    for (int i = 0; i < 16; i++) {
      assertThat(memory.float32(i)).isEqualTo(i >= 5 && i < 10 ? 1f : 0f);
    }
  }

  /** If this changes, so do the values every seed stands for: the stream needs a new version. */
  @Test
  void theStreamIsFrozen() {
    CRC32 crc = new CRC32();
    for (Distribution d :
        List.of(new Uniform(-1, 1), new Normal(0, 1), new TruncatedNormal(0, 1, -2, 2))) {
      crc.update(fill(core, DType.F32, d, 12345, 10_000));
    }
    assertThat(crc.getValue()).isEqualTo(2203698500L);
  }
}
