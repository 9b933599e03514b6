package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.adapter.AdapterConfig;
import dev.tenon.adapter.AdapterFiles;
import dev.tenon.adapter.Adapters;
import dev.tenon.plan.LoadPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What adapters have to do with a load: those it is asked to merge, and those it comes across. */
final class Adaptation {
  private Adaptation() {}

  /**
   * The path to load: the one given, or where it is an adapter that is to be merged, its base.
   *
   * @throws TenonException if the path is an adapter that nothing asks to merge, or its base is not
   *     there
   */
  static Path base(Path path, LoadOptions options) {
    if (!AdapterFiles.isAdapter(path, options.variant())) {
      return path;
    }
    Path directory = AdapterFiles.directory(path);
    String base = AdapterConfig.base(directory);
    if (!merges(directory, options)) {
      throw new TenonException(
          "These are an adapter's weights and no model's: file=%s, base=%s, remedy=load %s --adapter %s"
              .formatted(
                  AdapterFiles.in(directory),
                  base == null ? "unknown" : base,
                  base == null ? "BASE" : base,
                  directory));
    } else if (base == null) {
      throw new TenonException(
          "An adapter's config does not name its base, so the base's path is needed: file="
              + AdapterFiles.in(directory));
    }
    String revision = AdapterConfig.revision(directory);
    boolean named = revision != null && !Files.exists(Path.of(base));
    LoadOptions atTop = options.toBuilder().subfolder(null).build(); // The folder is the adapter's.
    return Location.of(named ? base + "@" + revision : base, Location.names(atTop));
  }

  /**
   * The plan with what is asked for merged, and a warning of an adapter that is not.
   *
   * @throws TenonException if an adapter cannot be merged, as into weights that stay packed
   */
  static Adapters.Merged merge(LoadPlan plan, Path directory, LoadOptions options) {
    if (!options.adapters().isEmpty() && !plan.packed().isEmpty()) {
      throw new TenonException(
          "Adapters are merged into plain weights, and these stay packed: file=%s, tensor=%s, adapters=%s, remedy=unpack them"
              .formatted(directory, plan.packed().get(0).name(), options.adapters()));
    }
    Adapters.Merged merged =
        options.adapters().isEmpty()
            ? new Adapters.Merged(plan, List.of(), false)
            : Adapters.merge(plan, options.adapters());
    Path beside = AdapterFiles.in(directory);
    if (beside == null || merges(directory, options)) {
      return merged;
    }
    List<String> warnings = new ArrayList<>(merged.plan().warnings());
    warnings.add(
        "An adapter lies beside the weights and is not merged into them: file=%s, remedy=--adapter %s"
            .formatted(beside, directory));
    return new Adapters.Merged(merged.plan().warning(warnings), merged.shards(), merged.untied());
  }

  private static boolean merges(@Nullable Path directory, LoadOptions options) {
    for (Path adapter : options.adapters()) {
      if (directory != null && isSame(directory, AdapterFiles.directory(adapter))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // One of them is not there, which whoever opens it will complain of.
    }
  }
}
