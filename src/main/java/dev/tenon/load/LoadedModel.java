package dev.tenon.load;

import dev.tenon.LoadReport;
import dev.tenon.TenonException;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.bytes.TensorDigest;
import dev.tenon.plan.place.ModulePath;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Slot;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What a load gave, by names, and what can be done to it afterwards. Whoever calls sees to it that
 * nobody else does while it is changed or freed.
 *
 * @param loaded the tensors, owned
 * @param report what the load did
 * @param config what the model is now
 * @param files what stood beside its weights
 * @param seed of values that are drawn later
 * @param index the number of each slot's name
 */
public record LoadedModel(
    Loaded loaded,
    LoadReport report,
    ModelConfig config,
    SmallFiles files,
    long seed,
    Map<String, Integer> index) {

  LoadedModel(Loaded loaded, LoadReport report, ModelConfig config, SmallFiles files, long seed) {
    this(loaded, report, config, files, seed, loaded.plan().skeleton().index());
  }

  /** Names of the wanted slots that hold a tensor, in registration order. */
  public List<String> names(Predicate<Slot> wanted) {
    List<Slot> slots = loaded.skeleton().slots();
    return IntStream.range(0, slots.size())
        .filter(loaded::has)
        .mapToObj(slots::get)
        .filter(wanted)
        .map(Slot::name)
        .toList();
  }

  public Tensor tensor(String name) {
    Integer slot = index.get(name);
    if (slot == null || !loaded.has(slot)) {
      throw new TenonException(
          "The model has no such tensor%s: name=%s, class=%s"
              .formatted(slot == null ? "" : " any more", name, loaded.skeleton().className()));
    }
    return loaded.tensor(slot);
  }

  /** CRC-32 by name; tied names share one computation. */
  public Map<String, Integer> digests() {
    Map<Tensor, Integer> byTensor = new ConcurrentHashMap<>();
    IntStream.range(0, index.size())
        .filter(loaded::has)
        .mapToObj(loaded::tensor)
        .distinct()
        .parallel()
        .filter(tensor -> !tensor.is_meta())
        .forEach(tensor -> byTensor.put(tensor, TensorDigest.crc32(tensor)));
    Map<String, Integer> digests = new LinkedHashMap<>();
    for (String name : names(slot -> true)) {
      Integer crc = byTensor.get(tensor(name));
      if (crc != null) {
        digests.put(name, crc);
      }
    }
    return digests;
  }

  /** Groups of names that share one tensor now. */
  public List<List<String>> tied() {
    List<Slot> slots = loaded.skeleton().slots();
    return loaded.ties().stream()
        .map(group -> group.members().stream().map(i -> slots.get(i).name()).toList())
        .toList();
  }

  public void tieWordEmbeddings(boolean value) {
    requirePlain("ties");
    List<TieGroup> groups = config.groups(value, loaded.plan().parted());
    loaded.bind(groups);
    config.tie(value);
  }

  public void resizeTokenEmbeddings(long tokens) {
    requirePlain("rows");
    loaded.resize(config.tokenSlots(), tokens, seed);
    config.setTokens(tokens);
  }

  /** What is packed stays as it was loaded. */
  private void requirePlain(String what) {
    if (!loaded.plan().packed().isEmpty()) {
      throw new TenonException(
          "A model whose weights stay packed keeps its %s: tensor=%s, class=%s, remedy=load it unpacked"
              .formatted(
                  what, loaded.plan().packed().get(0).name(), loaded.skeleton().className()));
    }
  }

  public void release(String prefix) {
    BitSet slots = new BitSet();
    index.forEach(
        (name, slot) -> {
          if (loaded.has(slot) && ModulePath.covers(prefix, name)) {
            slots.set(slot);
          }
        });
    if (slots.isEmpty()) {
      throw new TenonException(
          "The model has no such module or tensor: name=%s, class=%s"
              .formatted(prefix, loaded.skeleton().className()));
    }
    loaded.release(slots);
  }
}
