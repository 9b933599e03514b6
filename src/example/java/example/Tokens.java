package example;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Text to token ids and back, by the model's {@code tokenizer.json}; or ids as they are, {@code
 * 1,3,21}, which need none.
 */
final class Tokens implements AutoCloseable {
  static {
    // The library would else report its use to its makers from machines in Amazon's cloud.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer tokenizer;

  /** The tokenizer a text needs, which is none if it consists of ids. */
  Tokens(Path model, String text) {
    Path file = model.resolve("tokenizer.json");
    try {
      tokenizer = text.matches("\\d+(,\\d+)*") ? null : HuggingFaceTokenizer.newInstance(file);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("No tokenizer, so give token ids, as 1,3,21: " + file, e);
    }
  }

  long[] ids(String text) {
    return tokenizer != null
        ? tokenizer.encode(text).getIds()
        : Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
  }

  String text(long[] ids) {
    return tokenizer != null
        ? tokenizer.decode(ids, true)
        : Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
