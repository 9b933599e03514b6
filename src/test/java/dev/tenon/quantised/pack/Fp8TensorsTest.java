package dev.tenon.quantised.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Codes and scales are the reference's: CRC-32 of what {@code Fp8Quantize} of transformers 5.18 on
 * torch 2.13 makes of the same numbers, shorter blocks filled up with zeros.
 */
class Fp8TensorsTest {
  /** Numbers of either sign between 2^-24 and 2^8, by a linear congruential generator. */
  private static float[] numbers(int count, int seed) {
    float[] numbers = new float[count];
    int state = seed;
    for (int i = 0; i < count; i++) {
      state = state * 1664525 + 1013904223;
      int exponent = 103 + (state >>> 26 & 31);
      numbers[i] =
          Float.intBitsToFloat(state & 0x80000000 | exponent << 23 | state >>> 3 & 0x7fffff);
    }
    return numbers;
  }

  /** A matrix that is written in buffers of so many bytes. */
  private static NewTensor matrix(float[] numbers, int rows, int columns, int atOnce) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return matrix(DType.F32, bytes.array(), rows, columns, atOnce);
  }

  private static NewTensor matrix(DType dtype, byte[] bytes, int rows, int columns, int atOnce) {
    NewTensor.Content content =
        sink -> {
          for (int at = 0; at < bytes.length; at += atOnce) {
            sink.put(ByteBuffer.wrap(bytes, at, Math.min(atOnce, bytes.length - at)));
          }
        };
    return new NewTensor("a.weight", dtype, Shape.of(rows, columns), NewTensor.ALONE, content);
  }

  private static byte[] written(NewTensor tensor) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tensor
        .content()
        .writeTo(
            buffer -> {
              byte[] some = new byte[buffer.remaining()];
              buffer.get(some);
              bytes.writeBytes(some);
            });
    assertThat(bytes.size()).isEqualTo((int) tensor.bytes());
    return bytes.toByteArray();
  }

  private static String crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return "%08x".formatted(crc.getValue());
  }

  @ParameterizedTest
  @CsvSource({
    "128, 128, 1, 58cdc271, 51ba1874",
    "256, 384, 2, b0346c38, 146da6bd",
    "200, 300, 3, 612ed728, d04c60e4",
    "1, 1, 4, 65bfb3b6, e25115a1",
    "7, 129, 5, f42c54b1, a5c57e10"
  })
  void codesAndScalesAreTheReferences(int rows, int columns, int seed, String codes, String scales)
      throws IOException {
    float[] numbers = numbers(rows * columns, seed);
    if (seed == 2) { // A block of zeros and one of small numbers.
      for (int row = 0; row < 128; row++) {
        for (int i = 0; i < 128; i++) {
          numbers[row * columns + 128 + i] = 0;
          numbers[(row + 128) * columns + i] *= 0x1p-100f;
        }
      }
    }
    for (int atOnce : new int[] {3, 1 << 20}) {
      List<NewTensor> two = Fp8Tensors.of(matrix(numbers, rows, columns, atOnce));
      assertThat(two).extracting(NewTensor::name).containsExactly("a.weight", "a.weight_scale_inv");
      assertThat(two).extracting(NewTensor::dtype).containsExactly(DType.F8_E4M3, DType.F32);
      assertThat(two.get(1).shape()).isEqualTo(Shape.of((rows + 127) / 128, (columns + 127) / 128));
      assertThat(crc(written(two.get(0)))).isEqualTo(codes);
      assertThat(crc(written(two.get(1)))).isEqualTo(scales);
    }
  }

  /** Torch's conversion of each bfloat16 that is no larger than 448, in the order of their bits. */
  @ParameterizedTest
  @CsvSource({"0, 34754, 7f2ecb7e", "4660, 34752, 16677a0d"})
  void floatsAreRoundedAsTorchRoundsThem(int lowBits, int count, String expected) {
    ByteArrayOutputStream codes = new ByteArrayOutputStream();
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float.intBitsToFloat(bits << 16 | lowBits);
      if (Math.abs(value) <= E4m3.MAX) {
        codes.write(E4m3.of(value));
      }
    }
    assertThat(codes.size()).isEqualTo(count);
    assertThat(crc(codes.toByteArray())).isEqualTo(expected);
  }

  @Test
  void halvesAreReadAsTheNumbersTheyAre() throws IOException {
    float[] numbers = {1, -2.5f, 0x1p-24f, 65504, -0f, 0x1p-14f};
    short[] halves = {0x3c00, (short) 0xc100, 0x0001, 0x7bff, (short) 0x8000, 0x0400};
    byte[] brains = {(byte) 0x80, 0x3f, 0x20, (byte) 0xc0}; // 1 and -2.5
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(halves);
    for (NewTensor tensor : Fp8Tensors.of(matrix(DType.F16, bytes.array(), 2, 3, 5))) {
      int same = tensor.dtype() == DType.F8_E4M3 ? 0 : 1;
      assertThat(written(tensor))
          .isEqualTo(written(Fp8Tensors.of(matrix(numbers, 2, 3, 8)).get(same)));
    }
    byte[] codes = written(Fp8Tensors.of(matrix(DType.BF16, brains, 1, 2, 3)).get(0));
    assertThat(codes)
        .isEqualTo(written(Fp8Tensors.of(matrix(new float[] {1, -2.5f}, 1, 2, 8)).get(0)));
  }

  @Test
  void numbersWhoseScaleWouldBeInfiniteStayNumbers() throws IOException {
    float[] numbers = {1e-40f, 0, -0f, -1e-40f};
    List<NewTensor> two = Fp8Tensors.of(matrix(numbers, 2, 2, 16));
    float scale = ByteBuffer.wrap(written(two.get(1))).order(ByteOrder.LITTLE_ENDIAN).getFloat();
    assertThat(scale).isEqualTo(1 / Float.MAX_VALUE);
    byte[] codes = written(two.get(0));
    assertThat(codes[0]).isEqualTo(E4m3.of(1e-40f * Float.MAX_VALUE)).isPositive();
    assertThat(codes[3]).isEqualTo((byte) (codes[0] | 0x80));
    assertThat(codes[1]).isZero();
    assertThat(codes[2]).isEqualTo((byte) 0x80);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void whatIsNoNumberIsRefusedByName(float value) {
    float[] numbers = numbers(130 * 130, 7);
    numbers[129 * 130 + 129] = value;
    for (NewTensor tensor : Fp8Tensors.of(matrix(numbers, 130, 130, 4096))) {
      assertThatThrownBy(() -> written(tensor))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("cannot be quantised: tensor=a.weight");
    }
  }
}
