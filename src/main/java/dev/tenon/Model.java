package dev.tenon;

import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.TensorDigest;
import dev.tenon.plan.Device;
import dev.tenon.plan.TieGroup;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model: its tensors under their names, and how they came to be.
 *
 * <p>It owns every tensor it hands out: they live until it is closed, moved or tied anew, and are
 * not to be closed one by one. Tied names have the very same {@link Tensor} object. Any number of
 * threads may use it at once. Closing or changing it while a thread is inside a call, {@link
 * #using} included, is refused, and so is using it afterwards.
 */
public final class Model implements AutoCloseable {
  private final Guard guard = new Guard();
  private final Loaded loaded;
  private final LoadReport report;
  private final Map<String, Integer> index;
  private final TieFlag flag;

  Model(Loaded loaded, LoadReport report, TieFlag flag) {
    this.loaded = loaded;
    this.report = report;
    this.flag = flag;
    this.index = loaded.plan().skeleton().index();
  }

  /** What the load did. Stays as it was then. */
  public LoadReport report() {
    return report;
  }

  /** What the model has. */
  public Skeleton skeleton() {
    return loaded.plan().skeleton();
  }

  /** Names of all slots: parameters, then buffers, each in registration order. */
  public List<String> names() {
    return names(slot -> true);
  }

  /** Names of parameters in registration order, tied ones included. */
  public List<String> parameters() {
    return names(Slot::isParameter);
  }

  /** Names of buffers in registration order. */
  public List<String> buffers() {
    return names(slot -> !slot.isParameter());
  }

  /**
   * The tensor of a name, owned by this model.
   *
   * @throws TenonException if the model has no such name or is closed
   */
  public Tensor tensor(String name) {
    return using(model -> loaded.tensor(slot(name)));
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

  /** A reader's use begins, and {@link #leave} ends it; false if the model is closed. */
  boolean enterIfOpen() {
    return guard.enterIfOpen();
  }

  /** A use ends; the last one of a retired model frees it. */
  void leave() {
    if (guard.leave()) {
      loaded.close();
    }
  }

  /** Closes as soon as nobody is inside, in the thread that leaves last. */
  void retire() {
    if (guard.retire()) {
      loaded.close();
    }
  }

  /** CRC-32 of each tensor's bytes, little-endian and row-major, by name; none on {@code meta}. */
  public Map<String, Integer> digests() {
    return using(
        model -> {
          Map<Tensor, Integer> byTensor = new ConcurrentHashMap<>();
          IntStream.range(0, index.size())
              .mapToObj(loaded::tensor)
              .distinct()
              .parallel()
              .filter(tensor -> !tensor.is_meta())
              .forEach(tensor -> byTensor.put(tensor, TensorDigest.crc32(tensor)));
          Map<String, Integer> digests = new LinkedHashMap<>();
          for (String name : names()) {
            Integer crc = byTensor.get(loaded.tensor(slot(name)));
            if (crc != null) {
              digests.put(name, crc);
            }
          }
          return digests;
        });
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
    return using(model -> loaded.changedFiles());
  }

  /** Groups of names that share one tensor now. */
  public List<List<String>> tied() {
    return using(model -> names(loaded.ties()));
  }

  /** The config's {@code tie_word_embeddings}, as it is or was last set. */
  public boolean tieWordEmbeddings() {
    return using(model -> flag.value());
  }

  /**
   * Sets the config's {@code tie_word_embeddings} and recomputes the ties from it. Tying gives the
   * target the source's tensor and frees its own; untying gives the target a copy. Two sides the
   * files held with different values are never joined.
   *
   * @param value the flag
   * @throws TenonException if the model is closed or in use, or if its class is not known, so that
   *     nothing says what is tied
   */
  public void tieWordEmbeddings(boolean value) {
    change(
        () -> {
          loaded.bind(flag.groups(value, loaded.plan().parted()));
          flag.set(value);
        });
  }

  /**
   * Moves all tensors to another device. Tensors handed out before are freed; ties hold.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param dtype the new dtype of floating-point slots, or null to keep each slot's
   * @throws TenonException if the model is closed or in use, or there is no such device
   */
  public void to(String device, @Nullable DType dtype) {
    change(() -> loaded.to(Device.parse(device), dtype));
  }

  /**
   * Frees every tensor. Closing again does nothing.
   *
   * @throws TenonException if a thread is inside a call; then the model stays open
   */
  @Override
  public void close() {
    if (guard.close()) {
      loaded.close();
    }
  }

  private void change(Runnable change) {
    guard.beginChange();
    try {
      change.run();
    } finally {
      if (guard.endChange()) {
        loaded.close();
      }
    }
  }

  private int slot(String name) {
    Integer slot = index.get(name);
    if (slot == null) {
      throw new TenonException(
          "The model has no such tensor: name=" + name + ", class=" + skeleton().className());
    }
    return slot;
  }

  private List<String> names(Predicate<Slot> wanted) {
    return skeleton().slots().stream().filter(wanted).map(Slot::name).toList();
  }

  private List<List<String>> names(List<TieGroup> groups) {
    List<Slot> slots = skeleton().slots();
    return groups.stream()
        .map(group -> group.members().stream().map(i -> slots.get(i).name()).toList())
        .toList();
  }
}
