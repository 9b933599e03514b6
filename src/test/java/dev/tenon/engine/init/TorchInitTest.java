package dev.tenon.engine.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.Bytes;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.place.Device;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every primitive gives torch 2.13's bytes, and leaves the generator where torch leaves it. Each
 * line of the golden file: rule, dtype, shape, CRC-32 of the tensor after seed 7, and CRC-32 of the
 * four float32 uniforms drawn next. For orthogonal ones there is no CRC: a QR decomposition rounds
 * as the linear algebra library behind it does, so they are held to their definition.
 */
class TorchInitTest {
  static Stream<String> lines() throws IOException {
    return Files.readAllLines(Path.of("src/test/resources/golden/initialisers.txt")).stream();
  }

  @ParameterizedTest
  @MethodSource("lines")
  void bytesAndGeneratorAreTorchs(String line) {
    String[] fields = line.split(" ");
    DType dtype = DType.ofTorchName(fields[1]);
    long[] dims = Arrays.stream(fields[2].split("x")).mapToLong(Long::parseLong).toArray();
    Shape shape = Shape.of(dims);
    try (PointerScope scope = new PointerScope();
        Tensors tensors = new Tensors(Device.CPU);
        TorchInit engine = new TorchInit(Device.CPU, 7, Trace.OFF)) {
      assertThat(scope).isNotNull();
      Tensor drawn = tensors.empty(shape, dtype);
      drawn.zero_();
      Tensor next = tensors.empty(Shape.of(4), DType.F32);
      engine.fill(
          List.of(
              task(rule(fields[0]), drawn, shape, dtype),
              task(new InitRule.Uniform(0, 1), next, Shape.of(4), DType.F32)),
          bytes -> {});
      assertThat(Bytes.crc32(next)).as("generator").isEqualTo(fields[4]);
      if (fields[3].equals("-")) {
        assertOrthogonal(drawn, dtype);
      } else {
        assertThat(Bytes.crc32(drawn)).as("values").isEqualTo(fields[3]);
      }
    }
  }

  /** Rows, or columns if there are fewer, of length 2 and at right angles. */
  private static void assertOrthogonal(Tensor drawn, DType dtype) {
    Tensor wide = drawn.to(torch.ScalarType.Double);
    Tensor rows = wide.size(0) <= wide.size(1) ? wide : wide.t();
    Tensor products = rows.matmul(rows.t());
    Tensor expected = torch.eye(rows.size(0), products.options()).mul(new Scalar(4.0));
    double tolerance = dtype.bits() < 32 ? 0.05 : 1e-5;
    assertThat(products.sub(expected).abs().max().item_double()).isLessThan(tolerance);
  }

  private static InitTask task(InitRule rule, Tensor tensor, Shape shape, DType dtype) {
    Slot slot = new Slot("weight", shape, dtype, Slot.Role.PARAMETER, false, true);
    return new InitTask(slot, rule, dtype, tensor);
  }

  private static InitRule rule(String name) {
    double leaky = Math.sqrt(2.0 / (1 + 5));
    return switch (name) {
      case "normal" -> new InitRule.Normal(0.1, 0.02);
      case "uniform" -> new InitRule.Uniform(-.3, .7);
      case "xavierUniform" -> new InitRule.XavierUniform(1.5);
      case "kaimingNormal" -> new InitRule.KaimingNormal(leaky, Fans.Mode.FAN_IN);
      case "kaimingUniform" -> new InitRule.KaimingUniform(leaky, Fans.Mode.FAN_OUT);
      case "truncatedNormal" -> new InitRule.TruncatedNormal(0, .02, -.04, .04);
      case "truncatedTail" -> new InitRule.TruncatedNormal(0, 1, 1.5, 4);
      case "lecunNormal" -> new InitRule.LecunNormal();
      case "sparse" -> new InitRule.Sparse(.3, .05);
      case "eye" -> new InitRule.Eye();
      case "orthogonal" -> new InitRule.Orthogonal(2);
      case "partNormal" -> new InitRule.Part(1, 1, 3, new InitRule.Normal(0, 1));
      case "dirac" -> new InitRule.Dirac(2);
      default -> throw new AssertionError(name);
    };
  }
}
