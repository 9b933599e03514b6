package dev.tenon.hub;

import dev.tenon.checkpoint.CheckpointFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a model that are needed.
 *
 * @param descriptions those that are needed if there are any
 * @param weights those of which the first there is is needed, with the shards it lists if it is an
 *     index; none if no weights are needed
 * @param tokenizer whether those of a tokenizer are needed if there are any
 * @param patterns what is not needed after all; if they choose, nothing of the above is needed
 */
record ModelFiles(
    List<String> descriptions, List<String> weights, boolean tokenizer, FilePatterns patterns) {
  static final String CONFIG = "config.json";
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
  static final List<String> USUAL_TOKENIZER =
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
  ModelFiles {
    descriptions = patterns.choose() ? List.of() : patterns.leave(descriptions);
    weights = patterns.choose() ? List.of() : patterns.leave(weights);
    tokenizer = tokenizer && !patterns.choose();
  }

  /** What a load needs, and who puts text into the model: or what is chosen by name. */
  static ModelFiles all(@Nullable String variant, FilePatterns patterns) {
    return new ModelFiles(
        List.of(CONFIG, "generation_config.json", SKELETON),
        CheckpointFiles.weights(variant),
        true,
        patterns);
  }

  /** What tells what a model is like. */
  static ModelFiles config() {
    return new ModelFiles(List.of(CONFIG, SKELETON), List.of(), false, FilePatterns.NONE);
  }

  /** Whether a file at the top of a repository is a tokenizer's. */
  static boolean isTokenizer(String path) {
    return path.indexOf('/') < 0 && TOKENIZER.includes(path);
  }
}
