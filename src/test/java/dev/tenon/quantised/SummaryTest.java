package dev.tenon.quantised;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is packed, in few words. */
class SummaryTest {
  @TempDir Path directory;

  @Test
  void severalWaysAreToldBesideEachOther() throws IOException {
    Headers headers =
        new Headers()
            .add(DType.F8_E4M3, "a.weight", 4, 4)
            .add(DType.F32, "a.weight_scale")
            .add(DType.I8, "b.weight", 4, 4)
            .add(DType.F32, "b.weight_scale", 4, 1)
            .add(DType.I8, "c.weight", 4, 4)
            .add(DType.F32, "c.weight_scale", 4, 1);

    Summary summary =
        Summary.of(
            Recognition.of(headers.open(directory), Quantisation.NONE), said("x".repeat(200)));

    assertThat(summary.tensors()).isEqualTo(3);
    assertThat(summary.counts().values()).containsExactly(1, 2);
    assertThat(summary.toString())
        .isEqualTo(
            "scheme=fp8 | compressed-tensors int-quantized, bits=8, group=tensor | row, tensors=3,"
                + " first=a.weight, quant_method="
                + "x".repeat(100)
                + "…");
  }

  @Test
  void aMethodOverPlainWeightsIsWorthALine() {
    assertThat(Summary.of(List.of(), said("new")).isEmpty()).isFalse();
    assertThat(Summary.of(List.of(), said("new"))).hasToString("tensors=0, quant_method=new");
    assertThat(Summary.of(List.of(), Quantisation.NONE).isEmpty()).isTrue();
  }

  private static Quantisation said(String method) {
    return Quantisation.of(
        Config.parse(
            "config.json", "{\"quantization_config\":{\"quant_method\":\"" + method + "\"}}"));
  }
}
