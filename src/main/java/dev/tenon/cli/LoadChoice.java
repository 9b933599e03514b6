package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that say how a model comes to be. */
final class LoadChoice {
  @Mixin private ClassChoice choice;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      converter = DTypeName.class,
      description = "auto (what the checkpoint suggests), float32, float16, bfloat16, float64.")
  private DTypeName.Choice dtype = DTypeName.AUTO;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      converter = DeviceName.class,
      defaultValue = "cpu",
      description = "cpu, cuda:N or meta (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of missing slots' random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--rng",
      paramLabel = "ENGINE",
      description =
          "torch (the reference's numbers) or philox (counter-based, fast; the default on a CPU).")
  private @Nullable Rng rng;

  @Option(
      names = "--residency",
      paramLabel = "WHERE",
      description =
          "mmap (pages come in on first touch), populate (mapped and all in), copy (own memory).")
  private @Nullable Residency residency;

  @Option(
      names = "--ignore-mismatched",
      description = "Slots whose stored shape differs count as missing.")
  private boolean ignoreMismatched;

  @Option(
      names = "--strict",
      description = "A missing or unexpected name or a parted tie is an error.")
  private boolean strict;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Look for model.NAME.safetensors and so on.")
  private @Nullable String variant;

  LoadOptions.Builder builder() {
    LoadOptions.Builder options =
        choice
            .into(LoadOptions.builder())
            .variant(variant)
            .dtype(dtype.dtype())
            .device(device)
            .seed(seed)
            .rng(rng)
            .ignoreMismatched(ignoreMismatched)
            .strict(strict);
    if (residency != null) {
      options.residency(residency);
    }
    return options;
  }

  /** {@code auto} or a floating-point dtype. */
  static final class DTypeName implements ITypeConverter<DTypeName.Choice> {
    static final Choice AUTO = new Choice(null);

    /** Null for {@code auto}. */
    record Choice(@Nullable DType dtype) {}

    @Override
    public Choice convert(String text) {
      if (text.equals("auto")) {
        return AUTO;
      }
      try {
        DType dtype = DType.ofTorchName(text);
        LoadOptions.builder().dtype(dtype).build();
        return new Choice(dtype);
      } catch (TenonException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** A device there may be. */
  static final class DeviceName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      try {
        return LoadOptions.builder().device(text).build().device();
      } catch (TenonException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
