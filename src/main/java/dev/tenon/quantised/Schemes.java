package dev.tenon.quantised;

import dev.tenon.tensor.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * All schemes that names give away, the more specific before the more general. The layouts are
 * those of the libraries that write them.
 */
final class Schemes {
  private static final Set<DType> BYTE = EnumSet.of(DType.U8);
  private static final Set<DType> SIGNED_BYTE = EnumSet.of(DType.I8);
  private static final Set<DType> WORD = EnumSet.of(DType.I32, DType.U32);
  private static final Set<DType> FLOAT8 =
      EnumSet.of(DType.F8_E4M3, DType.F8_E5M2, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ, DType.F8_E8M0);
  private static final Set<DType> INTEGER =
      EnumSet.of(DType.I8, DType.U8, DType.I16, DType.U16, DType.I32, DType.U32);
  private static final Set<DType> ANY = EnumSet.allOf(DType.class);

  /** In the order they are tried. */
  static final List<Scheme> ALL =
      List.of(
          scheme("gptq", ".qweight", WORD, Geometry::gptq, ".qzeros", ".scales").by(Streams::gptq),
          scheme("awq", ".qweight", WORD, Geometry::awq, ".qzeros", ".scales").by(Streams::awq),
          scheme("packed qweight", ".qweight", INTEGER, Geometry::said, ".scales"),
          scheme("exl2", ".q_weight", WORD, Geometry::said, ".q_scale"),
          scheme("exl3", ".trellis", INTEGER, Geometry::said, ".suh"),
          scheme("quip#", ".Qidxs", INTEGER, Geometry::said, ".SU"),
          scheme("spqr", ".dense_weights", INTEGER, Geometry::said, ".in_perm"),
          scheme("marlin", ".B", WORD, Geometry::said, ".s"),
          whole("compressed-tensors marlin-24", "_packed", WORD, Geometry::said, "_meta"),
          scheme(
              "compressed-tensors marlin-24",
              ".weight_packed",
              WORD,
              Geometry::said,
              ".scale_packed"),
          whole(
                  "compressed-tensors pack-quantized",
                  "_packed",
                  WORD,
                  Geometry::wordsAlongRows,
                  "_scale")
              .by(Streams::compressedTensors),
          whole(
                  "compressed-tensors nvfp4-pack-quantized",
                  "_packed",
                  BYTE,
                  Geometry::halfBytes,
                  "_scale",
                  "_global_scale")
              .by(Fours::compressedTensors),
          whole(
                  "compressed-tensors mxfp4-pack-quantized",
                  "_packed",
                  BYTE,
                  Geometry::halfBytes,
                  "_scale")
              .by(Fours::mx),
          whole("compressed-tensors", "_packed", INTEGER, Geometry::said, "_scale"),
          whole(
              "compressed-tensors sparse-bitmask", ".bitmask", BYTE, Geometry::said, ".compressed"),
          whole("mxfp4", "_blocks", BYTE, Geometry::blocks, "_scales").by(Fours::blocks),
          scheme("torchao", "._weight_qdata", FLOAT8, Geometry::bytes, "._weight_scale")
              .by(Grids::bytes),
          scheme("torchao", "._weight_qdata", SIGNED_BYTE, Geometry::bytes, "._weight_scale")
              .by(Grids::bytes),
          whole("torchao", "_qdata", INTEGER, Geometry::said, "_scale"),
          whole("torchao", "_qdata", FLOAT8, Geometry::said, "_scale"),
          whole("quanto", "._data._data", INTEGER, Geometry::said, "._scale"),
          whole("quanto", "._data", SIGNED_BYTE, Geometry::bytes, "._scale").by(Grids::bytes),
          whole("quanto", "._data", FLOAT8, Geometry::bytes, "._scale").by(Grids::bytes),
          scheme("hqq", ".W_q", ANY, Geometry::said, ".scale", ".zero").by(Others::hqq),
          scheme("aqlm", ".codes", INTEGER, Geometry::aqlm, ".codebooks", ".scales")
              .by(Others::aqlm),
          bitsandbytes("nf4"),
          bitsandbytes("fp4"),
          scheme("bitsandbytes int8", ".weight", SIGNED_BYTE, Geometry::rows, ".SCB")
              .by(Grids::int8),
          scheme("mlx affine", ".weight", WORD, Geometry::wordsAlongRows, ".scales", ".biases")
              .by(Streams::mlx),
          scheme("metal affine", ".weight", WORD, Geometry::wordsAlongRows, ".scales", ".qbiases"),
          scheme("mlx", ".weight", WORD, Geometry::mlxModes, ".scales").by(Fours::mlx),
          scheme("higgs", ".weight", INTEGER, Geometry::said, ".scales", ".tables"),
          scheme("gemma", ".embedding_quantized", INTEGER, Geometry::said, ".embedding_scale"),
          whole("jlama", "", SIGNED_BYTE, Geometry::bytes, ".qb"),
          whole("eetq", "", SIGNED_BYTE, Geometry::rows, "_scales"),
          whole("modelopt nvfp4", "", BYTE, Geometry::halfBytes, "_scale", "_scale_2")
              .by(Fours::modelOpt),
          whole("modelopt nvfp4", "", BYTE, Geometry::said, "_weight_scale", "_weight_scale_2"),
          whole("mxfp4", "", BYTE, Geometry::halfBytes, "_scale").by(Fours::mx),
          whole("bitnet", "", BYTE, Geometry::bitnet, "_scale").by(Others::bitnet),
          whole("fp8", "", FLOAT8, Geometry::bytes, "_scale_inv").by(Grids::bytes),
          whole("fp8", "", FLOAT8, Geometry::bytes, "_scale").by(Grids::bytes),
          whole("fp8", "", FLOAT8, Geometry::bytes, "_weight_scale").by(Grids::bytes),
          scheme("fp8", ".weight", FLOAT8, Geometry::bytes, ".scale").by(Grids::bytes),
          scheme("fp8", ".weight", FLOAT8, Geometry::bytes, ".scale_weight"),
          scheme("fp8", ".weight", FLOAT8, Geometry::bytes, ".qscale_weight"),
          whole("compressed-tensors int-quantized", "", SIGNED_BYTE, Geometry::bytes, "_scale")
              .by(Grids::bytes),
          scheme("packed fp4", ".weight", SIGNED_BYTE, Geometry::said, ".scale"),
          whole("packed integers", "", INTEGER, Geometry::said, "_scale"));

  private Schemes() {}

  /** A scheme whose tensors stand in the weight's module under names of their own. */
  private static Scheme scheme(
      String name, String mark, Set<DType> dtypes, Geometry geometry, String... companions) {
    return new Scheme(name, mark, dtypes, ".weight", List.of(companions), geometry, Unpacker.NONE);
  }

  /** A scheme whose tensors are called as the weight with something after it. */
  private static Scheme whole(
      String name, String mark, Set<DType> dtypes, Geometry geometry, String... companions) {
    return new Scheme(name, mark, dtypes, "", List.of(companions), geometry, Unpacker.NONE);
  }

  /** Its numbers may be stored as any dtype, but the state beside them has a name to tell. */
  private static Scheme bitsandbytes(String table) {
    return new Scheme(
        "bitsandbytes " + table,
        ".quant_state.bitsandbytes__" + table,
        BYTE,
        "",
        List.of(".absmax", ".quant_map", ""),
        Geometry::bitsandbytes,
        Others::bitsandbytes);
  }
}
