package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.hub.cache.RepoPaths;
import dev.tenon.hub.http.Facts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a model that are needed, by their paths in the repository.
 *
 * @param folder what the paths of a model in a folder begin with, as {@code unet/}; empty for one
 *     at the top
 * @param descriptions those that are needed if there are any
 * @param weights those of which the first there is is needed, with the shards it lists if it is an
 *     index; none if no weights are needed
 * @param tokenizer whether those of a tokenizer are needed if there are any
 * @param patterns what is not needed after all; if they choose, nothing of the above is needed
 */
public record ModelFiles(
    String folder,
    List<String> descriptions,
    List<String> weights,
    boolean tokenizer,
    FilePatterns patterns) {
  private static final String CONFIG = "config.json";
  private static final String SKELETON = "skeleton.json";

  /** What a tokenizer is made of, beside the config. */
  private static final FilePatterns TOKENIZER =
      new FilePatterns(
          List.of(
              "tokenizer*",
              "special_tokens_map.json",
              "added_tokens.json",
              "chat_template.*",
              "vocab*",
              "merges.txt",
              "*.model"),
          List.of());

  /** Where the hub lists no files: the names transformers' own tokenizers write. */
  private static final List<String> USUAL_TOKENIZER =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja",
          "chat_template.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "spiece.model",
          "sentencepiece.bpe.model");

  /** Leaves out what is excluded. */
  public ModelFiles {
    descriptions = patterns.choose() ? List.of() : patterns.leave(descriptions);
    weights = patterns.choose() ? List.of() : patterns.leave(weights);
    tokenizer = tokenizer && !patterns.choose();
  }

  /**
   * What a load needs, and who puts text into the model: or what is chosen by name.
   *
   * @param subfolder that the model is in, or null
   */
  static ModelFiles all(
      @Nullable String variant, @Nullable String subfolder, FilePatterns patterns) {
    String folder = folder(subfolder);
    if (subfolder != null && patterns.choose()) {
      throw new TenonException(
          "What is to be included is named from the top of the repository, without a subfolder:"
              + " subfolder=%s, %s".formatted(Facts.quote(subfolder), patterns.facts()));
    }
    return new ModelFiles(
        folder,
        in(folder, List.of(CONFIG, "generation_config.json", SKELETON)),
        in(folder, CheckpointFiles.weights(variant)),
        true,
        patterns);
  }

  /** What tells what a model is like. */
  static ModelFiles config(@Nullable String subfolder) {
    String folder = folder(subfolder);
    List<String> descriptions = in(folder, List.of(CONFIG, SKELETON));
    return new ModelFiles(folder, descriptions, List.of(), false, FilePatterns.NONE);
  }

  private static String folder(@Nullable String subfolder) {
    if (subfolder == null) {
      return "";
    }
    String name = CheckpointFiles.subfolder(subfolder);
    if (!RepoPaths.isSafe(name)) {
      throw new TenonException(
          "A subfolder's name is none to make a directory of: subfolder=" + Facts.quote(subfolder));
    }
    return name + "/";
  }

  private static List<String> in(String folder, List<String> names) {
    List<String> paths = new ArrayList<>(names.size());
    names.forEach(name -> paths.add(folder + name));
    return paths;
  }

  /** The path of a shard: it lies beside its index. */
  public static String shard(String index, String name) {
    return index.substring(0, index.lastIndexOf('/') + 1) + name;
  }

  public String config() {
    return folder + CONFIG;
  }

  /** Whether the config, of those there are, is needed. */
  public boolean needsConfig() {
    return descriptions.contains(config());
  }

  /** The same where the config names the weights itself, by a path in its folder. */
  public ModelFiles stating(String weights) {
    return new ModelFiles(folder, descriptions, List.of(folder + weights), tokenizer, patterns);
  }

  /** Where the hub lists no files: the paths a tokenizer's files usually have. */
  List<String> usualTokenizer() {
    return in(folder, USUAL_TOKENIZER);
  }

  /** Whether a file of the repository is a tokenizer's, and lies beside the model. */
  public boolean isTokenizer(String path) {
    String name = path.startsWith(folder) ? path.substring(folder.length()) : "/";
    return name.indexOf('/') < 0 && TOKENIZER.includes(name);
  }

  /** What an error says of the folder, after the model's name. */
  String facts() {
    return folder.isEmpty() ? "" : ", subfolder=" + folder.substring(0, folder.length() - 1);
  }
}
