package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Quantised;
import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Options that say how a model comes to be. */
final class LoadChoice {
  private static final String DTYPE = "--dtype";
  private static final String DEVICE = "--device";
  private static final String MAX_MEMORY = "--max-memory";
  private static final String SEED = "--seed";
  private static final String RNG = "--rng";
  private static final String RESIDENCY = "--residency";
  private static final String IGNORE_MISMATCHED = "--ignore-mismatched";
  private static final String STRICT = "--strict";
  private static final String QUANTISED = "--quantised";
  private static final String VARIANT = "--variant";
  private static final String AUTO = "auto";

  private LoadChoice() {}

  static void declare(CommandSpec spec) {
    ClassChoice.declare(spec);
    value(
        spec,
        DTYPE,
        String.class,
        "auto (what the checkpoint suggests), float32, bfloat16 or bf16, …");
    value(
        spec,
        DEVICE,
        String.class,
        "cpu (the default), cuda:N, meta, disk (mapped and left alone); auto, balanced or"
            + " sequential over GPUs, CPU and disk; or modules and devices:"
            + " model.layers=cuda:0,lm_head=disk,=cpu, where the empty module is the rest.");
    value(
        spec,
        MAX_MEMORY,
        String.class,
        "What devices there are and how much goes on each, such as cuda:0=10GiB,cpu=30GiB.");
    value(spec, SEED, long.class, "Seed of missing slots' random numbers (default: 0).");
    value(spec, RNG, Rng.class, "torch (the reference's) or philox (the default on a CPU).");
    value(
        spec,
        RESIDENCY,
        Residency.class,
        "mmap (the default: pages come in on first touch), populate (mapped and all in), copy.");
    spec.addOption(
        Options.flag(IGNORE_MISMATCHED, "Slots whose stored shape differs count as missing."));
    spec.addOption(
        Options.flag(STRICT, "A missing or unexpected name or a parted tie is an error."));
    value(
        spec,
        QUANTISED,
        Quantised.class,
        "unpack (the default: packed weights become the model's dtype) or keep (as files hold"
            + " them).");
    declareVariant(spec);
  }

  static void declareVariant(CommandSpec spec) {
    value(spec, VARIANT, String.class, "Look for model.VARIANT.safetensors and so on.");
  }

  /** What was chosen to stand before the extension of the weight files, or null. */
  static @Nullable String variant(ParseResult parsed) {
    return parsed.matchedOptionValue(VARIANT, null);
  }

  /** What was chosen; a value that cannot be is wrong usage. */
  static LoadOptions.Builder read(ParseResult parsed) {
    try {
      String dtype = parsed.matchedOptionValue(DTYPE, AUTO);
      LoadOptions.Builder options =
          ClassChoice.read(parsed)
              .dtype(dtype.equals(AUTO) ? null : dtype(dtype))
              .device(parsed.matchedOptionValue(DEVICE, "cpu"))
              .maxMemory(Budgets.parse(parsed.matchedOptionValue(MAX_MEMORY, "")))
              .seed(parsed.matchedOptionValue(SEED, 0L))
              .rng(parsed.matchedOptionValue(RNG, null))
              .residency(parsed.matchedOptionValue(RESIDENCY, Residency.MMAP))
              .ignoreMismatched(parsed.hasMatchedOption(IGNORE_MISMATCHED))
              .strict(parsed.hasMatchedOption(STRICT))
              .quantised(parsed.matchedOptionValue(QUANTISED, Quantised.UNPACK))
              .variant(variant(parsed));
      options.build();
      return options;
    } catch (TenonException e) {
      throw new ParameterException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
  }

  /** By torch's words, or as people write it: {@code bf16}, {@code fp16}. */
  private static DType dtype(String word) {
    String code = word.toUpperCase(Locale.ROOT);
    DType known = DType.ofCode(code.startsWith("FP") ? "F" + code.substring(2) : code);
    return DType.ofModel(known == null ? word : known.torchName(), "option=" + DTYPE);
  }

  private static void value(CommandSpec spec, String name, Class<?> type, String description) {
    String label = name.substring(2).toUpperCase(Locale.ROOT);
    spec.addOption(Options.value(name, type, label, description));
  }
}
