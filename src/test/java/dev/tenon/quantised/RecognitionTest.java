package dev.tenon.quantised;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tensors stand for packed weights, in layouts as libraries write them. */
class RecognitionTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "aqlm-2x8;                   aqlm; 2; 8",
        "awq-gemm-g128;              awq; 4; 128",
        "awq-gemm-g64-tied;          awq; 4; 64",
        "bitnet-packed;              bitnet; 2; tensor",
        "bnb-fp4-double;             bitsandbytes fp4; 4; 64",
        "bnb-int8;                   bitsandbytes int8; 8; row",
        "bnb-nf4-double;             bitsandbytes nf4; 4; 64",
        "ct-fp8-channel;             fp8; 8; row",
        "ct-int4-g128;               compressed-tensors pack-quantized; 4; 128",
        "ct-int4-g32-zeros;          compressed-tensors pack-quantized; 4; 32",
        "ct-int8-w8a8;               compressed-tensors int-quantized; 8; row",
        "ct-mxfp4;                   compressed-tensors mxfp4-pack-quantized; 4; 32",
        "ct-nvfp4;                   compressed-tensors nvfp4-pack-quantized; 4; 16",
        "fp8-block-deepseek-192rows; fp8; 8; 128x128",
        "fp8-block-llama;            fp8; 8; 128x128",
        "gptq-4bit-g128-sym;         gptq; 4; 128",
        "gptq-4bit-g32-desc-act-zeros; gptq; 4; 32",
        "gptq-8bit-channel;          gptq; 8; row",
        "hqq-2bit-g32;               hqq; 2; 32",
        "hqq-4bit-g64;               hqq; 4; 64",
        "mlx-4bit-g64-tied;          mlx affine; 4; 64",
        "mlx-mixed-8bit;             mlx affine; 8 | 4; 64 | 32",
        "mlx-mxfp4;                  mlx mxfp4; 4; 32",
        "modelopt-fp8-tensor;        fp8; 8; tensor",
        "modelopt-nvfp4;             modelopt nvfp4; 4; 16",
        "mxfp4-gpt-oss;              mxfp4; 4; 32",
        "quanto-int8;                quanto; 8; row",
        "torchao-float8;             torchao; 8; row",
        "torchao-int8;               torchao; 8; row"
      })
  void eachLayoutIsTold(String layout, String scheme, String bits, String group)
      throws IOException {
    Headers headers = Headers.of(layout);
    Checkpoint checkpoint = headers.open(directory);

    String told = summary(checkpoint, Quantisation.of(headers.config()));
    assertThat(told).startsWith("scheme=" + scheme + ", bits=" + bits + ", group=" + group + ", ");
    assertThat(summary(checkpoint, Quantisation.NONE)).startsWith("scheme=" + scheme);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "gptq-4bit-g128-sym; 4; row | 128",
        "awq-gemm-g64-tied;  4; 64",
        "ct-nvfp4;           4; 16",
        "mlx-mxfp4;          4; 32",
        "fp8-block-llama;    8; 128x128",
        "bnb-nf4-double;     4; 64"
      })
  void shapesAloneTellBitsAndGroupOfMost(String layout, String bits, String group)
      throws IOException {
    assertThat(summary(Headers.of(layout).open(directory), Quantisation.NONE))
        .contains(", bits=" + bits + ", group=" + group + ", ");
  }

  @Test
  void whatShapesDoNotTellIsNotSaid() throws IOException {
    Checkpoint checkpoint = Headers.of("mlx-4bit-g64-tied").open(directory);
    assertThat(summary(checkpoint, Quantisation.NONE)).startsWith("scheme=mlx affine, tensors=");
  }

  @Test
  void aWeightIsCalledAsItWouldBeIfItWerePlain() throws IOException {
    Headers headers =
        new Headers()
            .add(DType.I32, "a.qweight", 4, 8)
            .add(DType.I32, "a.qzeros", 1, 1)
            .add(DType.F16, "a.scales", 1, 8)
            .add(DType.U8, "experts.down_blocks", 2, 4, 1, 16)
            .add(DType.U8, "experts.down_scales", 2, 4, 1)
            .add(DType.I8, "b.weight._data", 2, 2)
            .add(DType.F32, "b.weight._scale", 2, 1)
            .add(DType.F8_E4M3, "experts.up", 2, 4, 4)
            .add(DType.F32, "experts.up_scale_inv", 2, 1, 1);

    List<Packed> found = Recognition.of(headers.open(directory), Quantisation.NONE);

    assertThat(found)
        .extracting(Packed::name)
        .containsExactly("a.weight", "b.weight", "experts.down", "experts.up");
    assertThat(found.get(0).entries())
        .extracting(entry -> entry.name())
        .containsExactly("a.qweight", "a.qzeros", "a.scales");
  }

  @ParameterizedTest
  @CsvSource({
    "F8_E4M3, x.weight, x.weight_scale_inv",
    "F8_E5M2, x.weight, x.weight_scale",
    "F8_E4M3, x.weight, x.scale",
    "F8_E4M3, x.weight, x.scale_weight",
    "F8_E4M3, x.weight, x.qscale_weight",
    "I8, x.weight, x.weight_scale",
    "I8, x.weight, x.weight_scales",
    "I8, x.weight, x.weight.qb",
    "I32, x.weight, x.weight_scale",
    "I32, x.q_weight, x.q_scale",
    "I16, x.trellis, x.suh",
    "U8, x.qweight, x.scales",
    "U8, x._up_qdata, x._up_scale"
  })
  void twoNamesBesideEachOtherAreEnough(DType dtype, String numbers, String scale)
      throws IOException {
    Headers headers = new Headers().add(dtype, numbers, 4, 4).add(DType.F32, scale, 4, 1);
    assertThat(Recognition.of(headers.open(directory), Quantisation.NONE)).hasSize(1);
  }

  @Test
  void namesThatMerelyLookSimilarAreNone() throws IOException {
    Headers plain =
        new Headers()
            .add(DType.F32, "a.weight", 4, 4)
            .add(DType.F32, "a.weight_scale", 4)
            .add(DType.F32, "a.scales", 4)
            .add(DType.F32, "a.biases", 4)
            .add(DType.BF16, "attn.W_q", 4, 4)
            .add(DType.BF16, "attn.scale", 1)
            .add(DType.I64, "vq.codes", 4)
            .add(DType.I32, "vq2.codes", 4, 4)
            .add(DType.F32, "vq2.codebooks", 4, 4)
            .add(DType.F32, "vq2.scales", 4)
            .add(DType.I64, "embeddings.position_ids", 1, 4)
            .add(DType.I64, "bn.num_batches_tracked")
            .add(DType.U8, "attn.bias", 1, 1, 4, 4)
            .add(DType.I32, "b.g_idx", 4)
            .add(DType.U8, "c.weight_blocks", 4)
            .add(DType.F32, "c.weight_scales", 4);
    assertThat(Recognition.of(plain.open(directory), Quantisation.NONE)).isEmpty();
  }

  @Test
  void shapesWithoutElementsTellNothing() throws IOException {
    Headers headers =
        new Headers()
            .add(DType.I32, "a.qweight", 0, 8)
            .add(DType.I32, "a.qzeros", 0, 0)
            .add(DType.F16, "a.scales", 0, 8)
            .add(DType.U8, "b.weight_packed", 1L << 40, 0)
            .add(DType.U8, "b.weight_scale", 1L << 40, 0)
            .add(DType.F8_E4M3, "c.weight", 0, 1L << 40, 1L << 40)
            .add(DType.F32, "c.weight_scale", 0, 4)
            .add(DType.I8, "d.codes", 0, 0, 0)
            .add(DType.F16, "d.codebooks", 0, 0, 0, 0)
            .add(DType.F16, "d.scales", 0)
            .add(DType.U32, "e.weight", 2, 0)
            .add(DType.U8, "e.scales", 2, 0)
            .add(DType.U8, "f.quant_state.bitsandbytes__nf4", 0)
            .add(DType.U8, "f", 0)
            .add(DType.F32, "f.absmax", 0)
            .add(DType.F32, "f.quant_map", 0);
    assertThat(Recognition.of(headers.open(directory), Quantisation.NONE)).isNotEmpty();
  }

  private static String summary(Checkpoint checkpoint, Quantisation said) {
    return Summary.of(Recognition.of(checkpoint, said), said).toString();
  }
}
