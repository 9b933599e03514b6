package dev.tenon;

import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.load.LoadedModel;
import dev.tenon.load.Saving;
import dev.tenon.plan.place.Device;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model: its tensors under their names, and how they came to be.
 *
 * <p>It owns every tensor it hands out: they live until it is closed, moved or tied anew, and are
 * not to be closed one by one. Tied names have the very same {@link Tensor} object. Any number of
 * threads may use it at once. Closing or changing it while a thread is inside a call, {@link
 * #using} included, is refused, and so is using it afterwards.
 *
 * <p>A module that computes takes its tensors by name through {@code dev.tenon.bind.Binding}.
 */
public final class Model implements AutoCloseable {
  private final Guard guard = new Guard("model");
  private final LoadedModel it;

  Model(LoadedModel it) {
    this.it = it;
  }

  /** What the load did. Stays as it was then. */
  public LoadReport report() {
    return it.report();
  }

  /** What the model has, in the sizes it has now; what was released is still in it. */
  public Skeleton skeleton() {
    return it.loaded().skeleton();
  }

  /** The config, as it was or as changes left it. */
  public Config config() {
    return using(model -> it.config().config());
  }

  /** Names of all slots that hold a tensor: parameters, then buffers, in registration order. */
  public List<String> names() {
    return it.names(slot -> true);
  }

  /** Names of parameters in registration order, tied ones included. */
  public List<String> parameters() {
    return it.names(Slot::isParameter);
  }

  /** Names of buffers in registration order. */
  public List<String> buffers() {
    return it.names(slot -> !slot.isParameter());
  }

  /**
   * The tensor of a name, owned by this model.
   *
   * @throws TenonException if the model has no such name or is closed
   */
  public Tensor tensor(String name) {
    return using(model -> it.tensor(name));
  }

  /**
   * Works with the model. Until the work returns, no thread can close or change it.
   *
   * @param work what to do; it may return a value, but no tensor of the model
   * @return what the work returns
   * @throws TenonException if the model is closed or being changed
   */
  public <T extends @Nullable Object> T using(Function<Model, T> work) {
    guard.enter();
    try {
      return work.apply(this);
    } finally {
      leave();
    }
  }

  /**
   * Holds the model for longer than a call: until the lease is closed, no thread can close or
   * change it.
   *
   * @return the lease, which the caller closes; empty if the model is closed or retired
   * @throws TenonException if the model is being changed
   */
  public Optional<Lease> lease() {
    return guard.enterIfOpen() ? Optional.of(new Lease(this)) : Optional.empty();
  }

  /** A use ends; the last one of a retired model frees it. */
  void leave() {
    if (guard.leave()) {
      it.loaded().close();
    }
  }

  /**
   * Closes as soon as nobody is inside, in the thread that leaves last; nobody comes in any more.
   * Does not wait. Retiring again does nothing.
   */
  public void retire() {
    if (guard.retire()) {
      it.loaded().close();
    }
  }

  /** CRC-32 of each tensor's bytes, little-endian and row-major, by name; none on {@code meta}. */
  public Map<String, Integer> digests() {
    return using(model -> it.digests());
  }

  /**
   * Checks that the files this model is mapped from are still what was loaded, and says of each
   * that is not what became of it. A model that maps no file, one loaded with {@link
   * Residency#COPY} above all, has none to lose.
   *
   * <p>Looks at size, inode and modification time of what is at each path, not at bytes. It cannot
   * see a write of the same size within one tick of the file system's clock, nor one after which
   * the time was set back. Nor can it prevent anything: where a mapped file is cut, the next access
   * beyond its end ends the process with SIGBUS, and where it is written to, tensors may change.
   * The remedy is {@link Residency#COPY}.
   *
   * @return the files that changed, sorted by path; empty if none did
   * @throws TenonException if the model is closed or being changed
   */
  public List<ChangedFile> verify() {
    return using(model -> it.loaded().changedFiles());
  }

  /**
   * Weights that stayed packed at the load, by the names they would have if they were plain, in
   * registration order: what each is, and the names of its tensors. Empty unless the load was to
   * {@link Quantised#KEEP} them. What was released is still in it.
   */
  public Map<String, PackedWeight> packed() {
    Map<String, PackedWeight> packed = new LinkedHashMap<>();
    for (PackedWeight weight : it.loaded().plan().packed()) {
      packed.put(weight.name(), weight);
    }
    return Collections.unmodifiableMap(packed);
  }

  /** Groups of names that share one tensor now. */
  public List<List<String>> tied() {
    return using(model -> it.tied());
  }

  /** The config's {@code tie_word_embeddings}, as it is or was last set. */
  public boolean tieWordEmbeddings() {
    return using(model -> it.config().tied());
  }

  /**
   * Sets the config's {@code tie_word_embeddings} and recomputes the ties from it. Tying gives the
   * target the source's tensor and frees its own; untying gives the target a copy. Two sides the
   * files held with different values are never joined.
   *
   * @param value the flag
   * @throws TenonException if the model is closed or in use, if its class is not known, so that
   *     nothing says what is tied, if ties are asked for that its skeleton file lacks, or if
   *     weights stay packed
   */
  public void tieWordEmbeddings(boolean value) {
    change(() -> it.tieWordEmbeddings(value));
  }

  /**
   * Gives the model rows for so many tokens: in its input embeddings, its output head and whatever
   * else its class has by the vocabulary. Rows are added or cut off at the end; new ones are near
   * the mean of the old, so that the model goes on as before. Ties hold, sides that were parted
   * stay so, and {@link #config} has the new {@code vocab_size}. Tensors handed out before are
   * freed where they changed.
   *
   * @param tokens how many, at least 1
   * @throws TenonException if the model is closed or in use, memory is short, weights stay packed,
   *     or nothing says which slots count tokens, as where the class is not known or has no
   *     vocabulary
   */
  public void resizeTokenEmbeddings(long tokens) {
    resizeTokenEmbeddings(tokens, 1);
  }

  /**
   * As {@link #resizeTokenEmbeddings(long)}, with as many more as make a multiple.
   *
   * @param tokens how many at least, 1 or more
   * @param multiple of what, 1 or more; matrix units of GPUs like 64 or 128
   */
  public void resizeTokenEmbeddings(long tokens, int multiple) {
    if (tokens < 1 || multiple < 1) {
      throw new TenonException(
          "A vocabulary has at least one token: tokens=" + tokens + ", multiple=" + multiple);
    }
    long padded = Math.multiplyExact((tokens - 1) / multiple + 1, multiple);
    change(() -> it.resizeTokenEmbeddings(padded));
  }

  /**
   * Gives up parts of the model that are no longer needed: their tensors are freed unless a name
   * that is left shares them, and a mapped file once no tensor is a view of it. {@link #names}
   * lacks them from then on.
   *
   * @param prefix a module's path, such as {@code vision_tower} or {@code model.layers.3}, or a
   *     tensor's name
   * @throws TenonException if the model is closed or in use, or has nothing of that name
   */
  public void release(String prefix) {
    change(() -> it.release(prefix));
  }

  /**
   * Moves all tensors to another device. Tensors handed out before are freed where they changed;
   * ties hold, which is verified.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param dtype the new dtype of floating-point slots, but for those a load in it would keep in
   *     float32; or null to keep each slot's
   * @throws TenonException if the model is closed or in use, or there is no such device
   */
  public void to(String device, @Nullable DType dtype) {
    change(() -> it.loaded().to(Device.parse(device), dtype));
  }

  /**
   * Saves the model as a checkpoint: weights, config and what else stood beside them, as it is now.
   * Of tied names one is written; what was converted at the load is converted back. While it runs
   * other threads may use the model, but not change or close it. No second copy of the model is
   * held, in memory.
   *
   * <p>The directory may hold a checkpoint already, the one this model is mapped from included: it
   * stays whole until the new one takes its place in one step, whatever ends the save. {@link
   * #verify} then says that files were replaced, which is no harm: what is mapped stays as it was.
   *
   * @param directory where to; made if it is not there
   * @param options how
   * @return what was written
   * @throws TenonException if the model is closed, being changed or on {@code meta}, if the files
   *     cannot be written, another save to the directory runs, or the thread is interrupted; unless
   *     the message says otherwise the directory is as it was
   */
  public SaveReport save(Path directory, SaveOptions options) {
    return using(model -> new Saving(it).to(directory, options));
  }

  /**
   * Frees every tensor. Closing again does nothing. Where others may be inside, {@link #retire}.
   *
   * @throws TenonException if a thread is inside a call; then the model stays open
   */
  @Override
  public void close() {
    if (guard.close()) {
      it.loaded().close();
    }
  }

  private void change(Runnable change) {
    guard.beginChange();
    try {
      change.run();
    } finally {
      if (guard.endChange()) {
        it.loaded().close();
      }
    }
  }
}
