package dev.tenon.checkpoint.directory;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names weights go by, in the reference's order of preference: one safetensors file, several,
 * one {@code .bin}, several; and after them the same under the name diffusers gives a part of a
 * pipeline.
 */
final class UsualNames {
  private static final String INDEX = ".index.json";
  private static final String DIFFUSERS = "diffusion_pytorch_model";

  private static final List<String> ALL =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          DIFFUSERS + ".safetensors",
          DIFFUSERS + ".safetensors.index.json",
          DIFFUSERS + ".bin",
          DIFFUSERS + ".bin.index.json");

  private static final Pattern VARIANT = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private UsualNames() {}

  /** The names looked for, in this order; an index follows the single file of its kind. */
  static List<String> of(@Nullable String variant) {
    if (variant == null) {
      return ALL;
    } else if (!VARIANT.matcher(variant).matches()) {
      throw new TenonException(
          "A variant is made of letters, digits, '_', '-' and single dots: variant="
              + Errors.quote(variant));
    }
    List<String> names = new ArrayList<>(ALL.size());
    for (String name : ALL) {
      int at = place(name);
      names.add(name.substring(0, at) + '.' + variant + name.substring(at));
    }
    return names;
  }

  /** The names as an error lists them. */
  static String looked(@Nullable String variant) {
    return String.join(" | ", of(variant).subList(0, ALL.size() / 2))
        + " | the same of "
        + DIFFUSERS;
  }

  /** What stands in a name where a variant would, or null if it is no usual name of a variant. */
  static @Nullable String variantIn(String file) {
    for (String name : ALL) {
      int at = place(name);
      int length = file.length() - name.length() - 1;
      if (length > 0
          && file.startsWith(name.substring(0, at) + '.')
          && file.endsWith(name.substring(at))) {
        String variant = file.substring(at + 1, at + 1 + length);
        if (VARIANT.matcher(variant).matches() && !ShardSets.isShard(file)) {
          return variant;
        }
      }
    }
    return null;
  }

  /** Where a variant is put: before the last extension; diffusers has an index's before three. */
  private static int place(String name) {
    return name.startsWith(DIFFUSERS) && name.endsWith(INDEX)
        ? name.indexOf('.')
        : name.lastIndexOf('.');
  }

  /** Whether a name says that a file is an index of shards, with or without a variant. */
  static boolean isIndex(String name) {
    return name.endsWith(".json") && name.contains(".index.");
  }

  /** Whether a name is one that weights or an index of them go by. */
  static boolean looksLikeOne(String name) {
    boolean torch = name.startsWith("pytorch_model") || name.startsWith(DIFFUSERS);
    return name.endsWith(".safetensors")
        || torch && name.endsWith(".bin")
        || isIndex(name) && (name.contains(".safetensors.") || torch);
  }
}
