package dev.tenon.load;

import dev.tenon.SaveOptions;
import dev.tenon.SaveReport;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.write.CheckpointWriter;
import dev.tenon.checkpoint.write.NewCheckpoint;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.bytes.SavedBytes;
import dev.tenon.plan.Step;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.save.SavePlan;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.Quantisation;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.file.SkeletonFile;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.tensor.DType;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** One save of a model that nobody changes meanwhile: what goes into the checkpoint. */
public final class Saving {
  private static final double NANOS_PER_MILLI = 1e6;

  private final Loaded loaded;
  private final Skeleton skeleton;
  private final List<Slot> slots;
  private final ModelConfig config;
  private final SmallFiles files;

  public Saving(LoadedModel model) {
    this.loaded = model.loaded();
    this.config = model.config();
    this.files = model.files();
    this.skeleton = config.described(loaded.skeleton());
    this.slots = skeleton.slots();
  }

  @SuppressWarnings("try") // A span works by being closed; nothing refers to it.
  public SaveReport to(Path directory, SaveOptions options) {
    long start = System.nanoTime();
    requireBytes();
    if (files.fault() != null) {
      throw new TenonException(files.fault());
    }
    DType dtype = dtype();
    try (Span span = Trace.OFF.phase("save")) {
      NewCheckpoint checkpoint = checkpoint(dtype, options);
      List<Path> written =
          CheckpointWriter.write(
              directory, checkpoint, options.maxShardBytes(), listener(checkpoint, options));
      return new SaveReport(
          directory,
          written,
          dtype,
          checkpoint.tensors().size(),
          checkpoint.bytes(),
          (System.nanoTime() - start) / NANOS_PER_MILLI);
    }
  }

  private void requireBytes() {
    for (int i = 0; i < slots.size(); i++) {
      if (loaded.has(i) && loaded.tensor(i).is_meta()) {
        throw new TenonException(
            "A model on meta has no bytes to save: tensor=%s, class=%s. Load it on another device."
                .formatted(slots.get(i).name(), skeleton.className()));
      }
    }
  }

  /** As the reference has it: that of the first floating-point parameter. */
  private DType dtype() {
    SavedBytes bytes = new SavedBytes(loaded.skeleton(), loaded::tensor);
    Set<String> parts = packedParts();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (loaded.has(i) && slot.isParameter() && !parts.contains(slot.name())) {
        DType dtype = bytes.slot(i).dtype();
        if (dtype.isFloatingPoint()) {
          return dtype;
        }
      }
    }
    return loaded.plan().dtype();
  }

  /** Names of what packed weights are made of. */
  private Set<String> packedParts() {
    Set<String> parts = new HashSet<>();
    for (PackedWeight weight : loaded.plan().packed()) {
      parts.addAll(weight.tensors());
    }
    return parts;
  }

  /** Ties whose two sides need to be stored once: a part of a packed weight is not left out. */
  private List<Tie> ties() {
    List<Tie> ties = new ArrayList<>(skeleton.ties());
    if (!loaded.plan().packed().isEmpty()) {
      ties.removeAll(loaded.plan().parted());
    }
    return ties;
  }

  /** Blocks have no meaning in a file that does not say their type. */
  private void refuseBlocks() {
    for (PackedWeight weight : loaded.plan().packed()) {
      if (weight.ggmlType() != null) {
        throw new TenonException(
            "A GGUF that stays packed is not saved, its file is what a save would write: file="
                + weight.formula().codes().entry().file());
      }
    }
  }

  private NewCheckpoint checkpoint(DType dtype, SaveOptions options) {
    refuseBlocks();
    SavedBytes bytes = new SavedBytes(loaded.skeleton(), loaded::tensor);
    Map<String, Integer> index = skeleton.index();
    index.values().removeIf(slot -> !stored(slot));
    Set<Integer> repeated = SavePlan.repeated(index, ties(), bytes::same);
    List<TensorEntry> kept = new ArrayList<>(slots.size());
    for (int i = 0; i < slots.size(); i++) {
      if (stored(i) && !repeated.contains(i)) {
        kept.add(bytes.slot(i));
      }
    }
    Dialect dialect = options.checkpointNames() ? loaded.plan().dialect() : Dialect.OWN;
    List<StoredTensor> stored = SavePlan.of(skeleton, dialect, kept);
    if (options.quantise() != null) {
      return quantised(stored, bytes, dtype);
    }
    List<NewTensor> tensors = stored.stream().map(bytes::tensor).toList();
    Config said = unpacked() ? Quantisation.without(config.config()) : config.config();
    byte @Nullable [] modelOpt = unpacked() ? null : files.modelOpt();
    return new NewCheckpoint(
        tensors, parameters(), smallFiles(said, dtype, modelOpt), files.metadata());
  }

  private NewCheckpoint quantised(List<StoredTensor> stored, SavedBytes bytes, DType dtype) {
    if (!loaded.plan().packed().isEmpty()) {
      throw new TenonException(
          "Weights that stay packed are not quantised anew: tensor=%s, remedy=load them unpacked"
              .formatted(loaded.plan().packed().get(0).name()));
    }
    Quantising quantising = new Quantising(skeleton, config);
    List<NewTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : stored) {
      tensors.addAll(quantising.tensors(tensor, bytes.tensor(tensor)));
    }
    if (tensors.size() == stored.size()) {
      throw new TenonException(
          "There is nothing to quantise: class=%s, tensors=%d, left=%s"
              .formatted(skeleton.className(), stored.size(), quantising.left()));
    }
    Config said = quantising.described(Quantisation.without(config.config()));
    return new NewCheckpoint(tensors, parameters(), smallFiles(said, dtype, null));
  }

  /** Whether a checkpoint holds the slot, under its own name or another of a tie. */
  private boolean stored(int slot) {
    Slot of = slots.get(slot);
    return loaded.has(slot)
        && of.persistent()
        && !Patterns.anyFound(skeleton.patterns().ignoreOnSave(), of.name());
  }

  /** How many elements the parameters have, tied ones counted once, packed ones as if plain. */
  private long parameters() {
    Set<Tensor> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> parts = packedParts();
    Map<String, Integer> index = loaded.skeleton().index();
    long elements = 0;
    for (PackedWeight weight : loaded.plan().packed()) {
      int mark = Objects.requireNonNull(index.get(weight.tensors().get(0)));
      if (loaded.has(mark) && counted.add(loaded.tensor(mark))) {
        elements += weight.shape().elements();
      }
    }
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      boolean counts = loaded.has(i) && slot.isParameter() && !parts.contains(slot.name());
      if (counts && counted.add(loaded.tensor(i))) {
        elements += loaded.tensor(i).numel();
      }
    }
    return elements;
  }

  private Map<String, byte @Nullable []> smallFiles(
      Config said, DType dtype, byte @Nullable [] modelOpt) {
    boolean described = files.described() || !skeleton.className().isEmpty();
    Map<String, byte @Nullable []> small = new LinkedHashMap<>();
    small.put(SmallFiles.CONFIG, described ? utf8(said.saved(skeleton, dtype)) : null);
    small.put(SmallFiles.GENERATION, files.generation());
    small.put(SmallFiles.MODEL_OPT, modelOpt);
    small.put(SkeletonFile.NAME, utf8(skeletonFile()));
    return small;
  }

  /** What describes the model: of what stays packed, the model it would be if it were plain. */
  private @Nullable String skeletonFile() {
    return loaded.plan().packed().isEmpty() ? config.skeletonFile(skeleton) : config.skeletonFile();
  }

  /** Whether weights were unpacked, of which nothing is to say that they are packed. */
  private boolean unpacked() {
    for (Step step : loaded.plan().steps()) {
      if (step.unpacks()) {
        return true;
      }
    }
    return false;
  }

  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static CheckpointWriter.Listener listener(NewCheckpoint checkpoint, SaveOptions options) {
    long total = checkpoint.bytes();
    return new CheckpointWriter.Listener() {
      @Override
      public Runnable file(String name, long bytes) {
        Span span = Trace.OFF.shard(name, bytes);
        return span::close;
      }

      @Override
      public void written(long done) {
        options.progress().update(done, total);
      }
    };
  }
}
