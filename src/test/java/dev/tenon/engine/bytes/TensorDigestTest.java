package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.Bytes;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Checksums, checked against known answers of CRC-32. */
class TensorDigestTest {
  private static Tensor ones(Shape shape, DType dtype) {
    try (Tensors make = new Tensors(Device.CPU);
        Scalar one = new Scalar(1.0)) {
      Tensor tensor = make.empty(shape, dtype);
      tensor.fill_(one);
      return tensor;
    }
  }

  @Test
  void nothingHasTheSumZero() {
    try (Tensor none = ones(Shape.of(0, 3), DType.F32)) {
      assertThat(TensorDigest.crc32(none)).isZero();
      assertThat(Bytes.crc32(none)).isEqualTo("00000000");
    }
  }

  @Test
  void bytesAreSummed() {
    try (Tensor bytes = ones(Shape.of(2, 2), DType.U8)) {
      // CRC-32 of 01 01 01 01.
      assertThat(TensorDigest.crc32(bytes)).isEqualTo(0xf626d399);
    }
  }
}
