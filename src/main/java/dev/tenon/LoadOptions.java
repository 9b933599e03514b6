package dev.tenon;

import dev.tenon.hub.Hub;
import dev.tenon.plan.names.KeyMapping;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.place.DeviceRequest;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to load. Immutable: start from a preset, change what differs, build.
 *
 * <pre>{@code
 * LoadOptions options = LoadOptions.exact().toBuilder().dtype(DType.BF16).seed(7).build();
 * }</pre>
 *
 * @param className the class to load, or null for the first of the config's {@code architectures};
 *     where no family has that, the one of the {@code model_type}'s family that the names in the
 *     files tell of, with a warning
 * @param skeleton the file that describes the model, or null to look beside the weights and in the
 *     families
 * @param keyMapping renamings of the files' keys, applied in order before any other; a save writes
 *     the model's names
 * @param atlas a document that describes the model's type under any config, in place of the one
 *     Tenon has, or null
 * @param variant what stands before the extension of the weight files, such as {@code fp16}
 * @param subfolder the folder of the path or of the named model that the model is in, such as
 *     {@code unet}, or several with slashes between them; null for the path itself
 * @param dtype the dtype of floating-point slots, or null for what the checkpoint suggests
 * @param device {@code cpu}, {@code cuda:N} ({@code cuda} alone is {@code cuda:0}), {@code meta},
 *     or {@code disk} for files mapped and left alone; {@code auto}, {@code balanced} or {@code
 *     sequential} to have it chosen for each module; or modules and their devices, as {@link
 *     DeviceRequest#parse} reads them
 * @param maxMemory the devices a strategy may fill and how many bytes of tensors may go on each;
 *     empty for the GPUs there are, with nine tenths of what they have free, and the CPU
 * @param seed of missing slots' random numbers
 * @param rng generator of missing slots' random numbers, or null for {@link Rng#PHILOX} on a CPU
 *     with a native core and {@link Rng#TORCH} elsewhere
 * @param residency where loaded bytes live on the CPU
 * @param ignoreMismatched whether a slot whose stored shape differs counts as missing, in place of
 *     an error
 * @param strict whether a missing or unexpected name or a parted tie is an error, and a model that
 *     nothing describes
 * @param initializer asked for the value of each missing slot before the library's rules, or null
 * @param progress told how far the load is
 * @param trace a file to write, at the end of a load, that says where the time went, in the format
 *     of Chrome's traces, which Perfetto opens; or null
 * @param check a digest file that the weight files must agree with, compared beside the load; or
 *     null
 * @param quantised whether packed weights are unpacked or stay as the files hold them
 * @param adapters LoRA adapters to merge into the weights, in order, each a directory or its weight
 *     file; a load whose path is one of them takes the base that its config names; a watch follows
 *     the base alone
 * @param hub what a model given by name is downloaded from, as far as it is not in the cache; or
 *     null, and then the network is never asked
 */
public record LoadOptions(
    @Nullable String className,
    @Nullable Path skeleton,
    List<KeyMapping> keyMapping,
    @Nullable Path atlas,
    @Nullable String variant,
    @Nullable String subfolder,
    @Nullable DType dtype,
    String device,
    Map<Device, Long> maxMemory,
    long seed,
    @Nullable Rng rng,
    Residency residency,
    boolean ignoreMismatched,
    boolean strict,
    @Nullable Initializer initializer,
    LoadProgress progress,
    @Nullable Path trace,
    @Nullable Path check,
    Quantised quantised,
    List<Path> adapters,
    @Nullable Hub hub) {

  /**
   * Checks the values.
   *
   * @throws TenonException if the dtype is not a floating-point one, or the device none at all
   */
  public LoadOptions {
    if (dtype != null && !dtype.isFloatingPoint()) {
      throw new TenonException("A model's dtype is a floating-point one: dtype=" + dtype);
    }
    Device single = DeviceRequest.parse(device).single();
    device = single == null ? device : single.toString();
    keyMapping = List.copyOf(keyMapping);
    maxMemory = Map.copyOf(maxMemory);
    adapters = List.copyOf(adapters);
    Objects.requireNonNull(residency);
    Objects.requireNonNull(quantised);
    Objects.requireNonNull(progress);
  }

  /** The checkpoint's class and dtype on the CPU, mapped; missing slots drawn the fast way. */
  public static LoadOptions defaults() {
    return builder().build();
  }

  /** Missing slots get, bit for bit in float32, what the reference draws for them. */
  public static LoadOptions exact() {
    return builder().rng(Rng.TORCH).build();
  }

  /** No page fault left for a first request: every page is in when the load returns. */
  public static LoadOptions serving() {
    return builder().residency(Residency.POPULATE).build();
  }

  /** Tensors that outlive their files: everything in memory of its own. */
  public static LoadOptions copy() {
    return builder().residency(Residency.COPY).build();
  }

  /** Shapes and dtypes alone, on torch's {@code meta} device: no bytes at all. */
  public static LoadOptions meta() {
    return builder().device("meta").build();
  }

  /** A builder that starts from {@link #defaults()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these options. */
  public Builder toBuilder() {
    return new Builder()
        .className(className)
        .skeleton(skeleton)
        .keyMapping(keyMapping)
        .atlas(atlas)
        .variant(variant)
        .subfolder(subfolder)
        .dtype(dtype)
        .device(device)
        .maxMemory(maxMemory)
        .seed(seed)
        .rng(rng)
        .residency(residency)
        .ignoreMismatched(ignoreMismatched)
        .strict(strict)
        .initializer(initializer)
        .progress(progress)
        .trace(trace)
        .check(check)
        .quantised(quantised)
        .adapters(adapters)
        .hub(hub);
  }

  /** Collects options, which {@link #build()} checks. Not thread-safe. */
  public static final class Builder {
    private @Nullable String className;
    private @Nullable Path skeleton;
    private List<KeyMapping> keyMapping = List.of();
    private @Nullable Path atlas;
    private @Nullable String variant;
    private @Nullable String subfolder;
    private @Nullable DType dtype;
    private String device = "cpu";
    private Map<Device, Long> maxMemory = Map.of();
    private long seed;
    private @Nullable Rng rng;
    private Residency residency = Residency.MMAP;
    private boolean ignoreMismatched;
    private boolean strict;
    private @Nullable Initializer initializer;
    private LoadProgress progress = LoadProgress.NONE;
    private @Nullable Path trace;
    private @Nullable Path check;
    private Quantised quantised = Quantised.UNPACK;
    private List<Path> adapters = List.of();
    private @Nullable Hub hub;

    private Builder() {}

    /** Sets the class; null for the first of the config's. */
    public Builder className(@Nullable String className) {
      this.className = className;
      return this;
    }

    /** Sets the file that describes the model. */
    public Builder skeleton(@Nullable Path skeleton) {
      this.skeleton = skeleton;
      return this;
    }

    /**
     * Sets renamings of the files' keys, as {@code List.of(new KeyMapping("^language_model\\.",
     * ""))}.
     */
    public Builder keyMapping(List<KeyMapping> keyMapping) {
      this.keyMapping = keyMapping;
      return this;
    }

    /** Sets the document that describes the model's type. */
    public Builder atlas(@Nullable Path atlas) {
      this.atlas = atlas;
      return this;
    }

    /** Sets what stands before the extension of the weight files. */
    public Builder variant(@Nullable String variant) {
      this.variant = variant;
      return this;
    }

    /** Sets the folder of the path that the model is in; null for the path itself. */
    public Builder subfolder(@Nullable String subfolder) {
      this.subfolder = subfolder;
      return this;
    }

    /** Sets the dtype of floating-point slots; null for what the checkpoint suggests. */
    public Builder dtype(@Nullable DType dtype) {
      this.dtype = dtype;
      return this;
    }

    /** Sets the device or how to choose devices, {@code cpu} unless set. */
    public Builder device(String device) {
      this.device = device;
      return this;
    }

    /** Sets what devices there are for a strategy, and how many bytes may go on each. */
    public Builder maxMemory(Map<Device, Long> maxMemory) {
      this.maxMemory = maxMemory;
      return this;
    }

    /** Sets the seed, 0 unless set. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Sets the generator; null to choose by device. */
    public Builder rng(@Nullable Rng rng) {
      this.rng = rng;
      return this;
    }

    /** Sets the residency, {@link Residency#MMAP} unless set. */
    public Builder residency(Residency residency) {
      this.residency = residency;
      return this;
    }

    /** Sets whether a slot whose stored shape differs counts as missing. */
    public Builder ignoreMismatched(boolean ignoreMismatched) {
      this.ignoreMismatched = ignoreMismatched;
      return this;
    }

    /** Sets whether a missing or unexpected name or a parted tie is an error. */
    public Builder strict(boolean strict) {
      this.strict = strict;
      return this;
    }

    /** Sets who is asked for missing slots' values first. */
    public Builder initializer(@Nullable Initializer initializer) {
      this.initializer = initializer;
      return this;
    }

    /** Sets who is told how far the load is. */
    public Builder progress(LoadProgress progress) {
      this.progress = progress;
      return this;
    }

    /** Sets the file that will say where the time went. */
    public Builder trace(@Nullable Path trace) {
      this.trace = trace;
      return this;
    }

    /** Sets what becomes of packed weights, {@link Quantised#UNPACK} unless set. */
    public Builder quantised(Quantised quantised) {
      this.quantised = quantised;
      return this;
    }

    /** Adds a LoRA adapter to merge, after those added before: a directory or its weight file. */
    public Builder adapter(Path adapter) {
      List<Path> more = new ArrayList<>(adapters);
      more.add(adapter);
      return adapters(more);
    }

    /** Sets the LoRA adapters to merge, in order. */
    public Builder adapters(List<Path> adapters) {
      this.adapters = adapters;
      return this;
    }

    /** Sets what a model given by name is downloaded from; null never asks the network. */
    public Builder hub(@Nullable Hub hub) {
      this.hub = hub;
      return this;
    }

    /**
     * Sets the digest file to check the weight files against, as {@link Tenon#check} does, while
     * they are loaded; a load of files that differ fails and leaves nothing behind.
     */
    public Builder check(@Nullable Path check) {
      this.check = check;
      return this;
    }

    /**
     * The options.
     *
     * @throws TenonException if a value is wrong, see {@link LoadOptions}
     */
    public LoadOptions build() {
      return new LoadOptions(
          className,
          skeleton,
          keyMapping,
          atlas,
          variant,
          subfolder,
          dtype,
          device,
          maxMemory,
          seed,
          rng,
          residency,
          ignoreMismatched,
          strict,
          initializer,
          progress,
          trace,
          check,
          quantised,
          adapters,
          hub);
    }
  }
}
