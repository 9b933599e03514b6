package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.Step;
import dev.tenon.plan.save.ModuleNames;
import dev.tenon.plan.save.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A load's plan with adapters merged into it, in order, each onto what those before it made.
 * Source: {@code merge_and_unload} of peft 0.21.
 */
public final class Adapters {
  private final LoadPlan base;
  private final ModuleNames names;
  private final Replacements replaced;
  private final List<LowRank> changes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<Shard> shards = new ArrayList<>();

  private Adapters(LoadPlan base) {
    this.base = base;
    this.names = new ModuleNames(base.skeleton());
    this.replaced = new Replacements(base, changes);
  }

  /**
   * A plan that merges.
   *
   * @param plan the load
   * @param shards the files of adapters it reads
   * @param untied whether a name that the model ties got a tensor of its own
   */
  public record Merged(LoadPlan plan, List<Shard> shards, boolean untied) {
    /** Copies the list. */
    public Merged {
      shards = List.copyOf(shards);
    }
  }

  /**
   * Merges adapters into a load.
   *
   * @param base what the load of the base alone does
   * @param directories one for each adapter, in the order they are merged
   * @return the plan, with the files it reads beside the base's
   * @throws TenonException if an adapter is not valid, not LoRA, or does not fit the model
   */
  public static Merged merge(LoadPlan base, List<Path> directories) {
    Adapters adapters = new Adapters(base);
    for (Path directory : directories) {
      adapters.add(directory);
    }
    LoadPlan merged = adapters.replaced.plan(adapters.warnings);
    return new Merged(merged, adapters.shards, adapters.replaced.untied());
  }

  private void add(Path given) {
    Path directory = AdapterFiles.directory(given);
    AdapterConfig config = AdapterConfig.read(directory);
    Checkpoint file = Checkpoint.open(AdapterFiles.requireWeights(directory), null);
    shards.addAll(file.shards());
    if (file.entries().isEmpty()) {
      throw new TenonException("An adapter holds no tensors: file=" + file.shards().get(0).file());
    }
    Map<String, Target> targets = new LinkedHashMap<>();
    for (TensorEntry entry : file.entries()) {
      AdapterKey key = AdapterKey.of(entry);
      if (key.part() == AdapterKey.Part.WHOLE) {
        String copied = config.keepsTies() ? null : config.copied(key.module());
        replaced.replace(slot(key.module(), entry), entry, copied);
        continue;
      }
      String place = key.depth() + " " + key.module();
      Target target = targets.get(place);
      if (target == null) {
        target = new Target(key);
        targets.put(place, target);
      }
      target.add(key.part(), entry);
    }
    Products products = new Products(base.skeleton(), names, config, name(directory, file));
    for (Target target : targets.values()) {
      int before = -1;
      for (LowRank change : products.of(target)) {
        if (change.slot() != before) {
          require(change, target, config);
          before = change.slot();
        }
        changes.add(change);
      }
    }
    if (!config.unknown().isEmpty()) {
      warnings.add(
          "An adapter's config says something this version knows nothing about: file=%s, fields=%s"
              .formatted(config, config.unknown()));
    }
  }

  /** The slot of a parameter that an adapter holds whole. */
  private int slot(String parameter, TensorEntry entry) {
    StoredTensor found = names.find(parameter);
    if (found == null || found.pieces().size() != 1 || !found.pieces().get(0).isWhole()) {
      throw new TenonException(
          "An adapter holds a parameter that the model lacks: file=%s, key=%s, class=%s"
              .formatted(entry.file(), entry.name(), base.skeleton().className()));
    }
    return names.slot(found.pieces().get(0));
  }

  /** Refuses to change what files do not hold, or hold in no floating point. */
  private void require(LowRank change, Target target, AdapterConfig config) {
    Step step = replaced.step(change.slot());
    if (step instanceof Step.Initialize) {
      throw target.misfit("reason=the base's files lack what it changes, tensor=" + name(change));
    } else if (!step.dtype().isFloatingPoint()) {
      throw target.misfit("tensor=%s, dtype=%s".formatted(name(change), step.dtype().torchName()));
    }
    List<Integer> sharing = replaced.sharing(change.slot());
    if (sharing.size() > 1) {
      if (config.keepsTies()) {
        throw target.misfit(
            "reason=factors of tied tensors are not merged, ensure_weight_tying=true");
      }
      warnOfTie(change, sharing);
    }
  }

  private void warnOfTie(LowRank change, List<Integer> sharing) {
    List<String> others = new ArrayList<>();
    for (int slot : sharing) {
      if (slot != change.slot()) {
        others.add(base.skeleton().slots().get(slot).name());
      }
    }
    warnings.add(
        ("An adapter changes a tied tensor, and with it what shares it, which was apart while the adapter"
                + " was trained; the reference merges it so too: tensor=%s, with=%s, adapter=%s")
            .formatted(name(change), others, change.adapter()));
  }

  private String name(LowRank change) {
    return base.skeleton().slots().get(change.slot()).name();
  }

  /** What reports call an adapter. */
  private static String name(Path directory, Checkpoint file) {
    String weights = file.shards().get(0).file().getFileName().toString();
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? weights : name + "/" + weights;
  }
}
