package dev.tenon.checkpoint.directory;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a directory without weights of a usual name holds in their place. */
public final class Inventory {
  private static final int MOST_LISTED = 5;

  /** Entries of a directory looked at; a model's has some dozens. */
  private static final int MOST_ENTRIES = 10_000;

  private final Path directory;
  private final List<String> files;
  private final List<String> folders;

  private Inventory(Path directory, List<String> files, List<String> folders) {
    this.directory = directory;
    this.files = files;
    this.folders = folders;
  }

  public static Inventory of(Path directory) {
    List<String> files = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      int seen = 0;
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".")) {
          (Files.isDirectory(entry) ? folders : files).add(name);
        }
        if (++seen == MOST_ENTRIES) {
          break;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw Errors.io(directory, e.getCause());
    } catch (IOException e) {
      throw Errors.io(directory, e);
    }
    Collections.sort(files);
    Collections.sort(folders);
    return new Inventory(directory, files, folders);
  }

  /** The weights, if there is one choice. */
  WeightFiles onlyChoice(@Nullable String variant) {
    WeightFiles only = variant == null && !hasVariants() ? only() : null;
    if (only == null) {
      throw none("looked for", UsualNames.looked(variant), variant);
    }
    return only;
  }

  private @Nullable WeightFiles only() {
    List<List<String>> choices = new ArrayList<>();
    for (ShardSets.Set set : ShardSets.among(files)) {
      boolean named = UsualNames.of(null).contains(set.single());
      if (named || OtherWeights.of(set.single()) == OtherWeights.SAFETENSORS) {
        choices.add(set.complete() ? set.files() : List.of());
      }
    }
    for (String name : of(OtherWeights.SAFETENSORS)) {
      choices.add(List.of(name));
    }
    Path part = choices.isEmpty() ? onlyPart() : null;
    if (choices.size() == 1 && parts().isEmpty() && !choices.get(0).isEmpty()) {
      List<Path> taken = choices.get(0).stream().map(directory::resolve).toList();
      return new WeightFiles(directory, taken, Map.of(), List.of())
          .warned(
              "No weights have a usual name, so the only ones there are taken: directory=%s, files=%s"
                  .formatted(directory, facts(choices.get(0))));
    } else if (part != null) {
      return WeightFiles.in(part, null)
          .warned(
              "The weights are a part's, the only one that has any: directory=%s, subfolder=%s"
                  .formatted(directory, part.getFileName()));
    }
    return null;
  }

  /** The one folder with a model; a pipeline is more than one of its parts. */
  @Nullable Path onlyPart() {
    List<Path> parts = parts();
    return parts.size() == 1 && !files.contains("model_index.json") ? parts.get(0) : null;
  }

  private boolean hasVariants() {
    boolean shards = false;
    for (ShardSets.Set set : ShardSets.among(files)) {
      shards |= UsualNames.variantIn(set.single()) != null;
    }
    return shards || !variants(null).isEmpty();
  }

  private static String facts(List<String> files) {
    return files.size() == 1 ? files.get(0) : ShardSets.among(files).get(0).facts();
  }

  /** The error that says what there is. */
  public TenonException none(String key, String looked, @Nullable String variant) {
    List<String> found = found(variant);
    int more = found.size() - MOST_LISTED;
    return new TenonException(
        "No weights in the directory: directory=%s, %s=%s%s%s"
            .formatted(
                directory,
                key,
                looked,
                found.isEmpty()
                    ? ""
                    : ", found="
                        + String.join(" | ", more > 0 ? found.subList(0, MOST_LISTED) : found),
                more > 0 ? " and " + more + " more" : ""));
  }

  private List<String> found(@Nullable String variant) {
    List<String> found = new ArrayList<>(variants(variant));
    ShardSets.among(files).forEach(set -> found.add(set.facts()));
    for (Path part : parts()) {
      found.add(part.getFileName() + "/ (--subfolder " + part.getFileName() + ")");
    }
    for (OtherWeights kind : OtherWeights.values()) {
      for (String name : of(kind)) {
        found.add(Errors.quote(name) + " (" + kind.what() + ")");
      }
    }
    return found;
  }

  private List<String> of(OtherWeights kind) {
    List<String> names = new ArrayList<>();
    for (String name : files) {
      if (OtherWeights.of(name) == kind
          && UsualNames.variantIn(name) == null
          && !UsualNames.of(null).contains(name)
          && !ShardSets.isShard(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** Weights of another variant than the one asked for, and the option that takes them. */
  private List<String> variants(@Nullable String asked) {
    List<String> variants = new ArrayList<>();
    for (String name : files) {
      String variant = UsualNames.variantIn(name);
      if (variant != null) {
        variants.add(name + " (--variant " + variant + ")");
      } else if (asked != null && UsualNames.of(null).contains(name)) {
        variants.add(name + " (without --variant)");
      }
    }
    return variants;
  }

  /** The folders that hold a model of their own, as those of a pipeline do. */
  List<Path> parts() {
    List<Path> parts = new ArrayList<>();
    for (String name : folders) {
      Path folder = directory.resolve(name);
      if (WeightFiles.any(folder) && describesModel(folder.resolve("config.json"))) {
        parts.add(folder);
      }
    }
    return parts;
  }

  /** Whether a config is a model's, and not that of a layer, as sentence-transformers has. */
  private static boolean describesModel(Path config) {
    try {
      if (!Files.isRegularFile(config) || Files.size(config) > 1 << 20) {
        return false;
      }
      String text = Files.readString(config);
      return text.contains("\"model_type\"")
          || text.contains("\"_class_name\"")
          || text.contains("\"architectures\"");
    } catch (IOException e) {
      return false;
    }
  }
}
