package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;

/** What the embeddings of text models share: words, index buffers, and computed positions. */
final class Embeddings {
  private Embeddings() {}

  /** Words [vocab_size, width]; the row {@code pad_token_id}, if the config has one, is zero. */
  static Block words(Config c, int width) {
    return words(c, c.integer("vocab_size"), width);
  }

  /** As {@link #words(Config, int)}, with a vocabulary of its own. */
  static Block words(Config c, int vocabulary, int width) {
    return embedding(vocabulary, width, c.has("pad_token_id") ? c.integer("pad_token_id") : null);
  }

  /** A buffer {@code position_ids} [1, count]: 0, 1, … */
  static Block positionIds(int count) {
    Value indices = Value.arange(count).reshape(1, count);
    return m -> m.buffer("position_ids", false, DType.I64, indices, 1, count);
  }

  /** A buffer {@code token_type_ids} [1, count]: all of the first type. */
  static Block typeIds(int count) {
    Value types = Value.zeros(DType.I64, 1, count);
    return m -> m.buffer("token_type_ids", false, DType.I64, types, 1, count);
  }

  /** An embedding that asks for no gradient. */
  static Block frozen(long count, long width) {
    return m ->
        m.kind(Module.Kind.EMBEDDING).frozen("weight", new InitRule.Normal(0, 1), count, width);
  }

  /** A frozen table of positions: sines in the first half of the features, cosines in the rest. */
  static Block sinusoids(int count, int width) {
    int sines = (width + 1) / 2;
    Value table = table(count, width, i -> i < sines ? 2 * i : 2 * (i - sines) + 1);
    return frozen(count, width).then(m -> m.init(init -> init.copy("weight", table)));
  }

  /** A table of positions: sines in even features, cosines in odd ones. */
  static Value interleavedSinusoids(int count, int width) {
    return table(count, width, i -> i);
  }

  /** Which of the interleaved features stands in a column. */
  @FunctionalInterface
  private interface Feature {
    int at(int column);
  }

  /**
   * Positions as Vaswani et al. 2017 compute them: feature {@code j} of position {@code p} is the
   * sine (even j) or cosine (odd j) of {@code p / 10000^(2⌊j/2⌋ / width)}, in double precision.
   */
  private static Value table(int count, int width, Feature feature) {
    return new Value.Numbers(
        Shape.of(count, width),
        DType.F32,
        () -> {
          double[] numbers = new double[Math.multiplyExact(count, width)];
          for (int column = 0; column < width; column++) {
            int j = feature.at(column);
            double wavelength = Math.pow(10000, (double) (j - j % 2) / width);
            for (int position = 0; position < count; position++) {
              double angle = position / wavelength;
              numbers[position * width + column] = j % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
            }
          }
          return numbers;
        });
  }
}
