package dev.tenon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The whole walk, once in each residency, over a small model in a directory of its own. */
final class Rehearsal {
  /**
   * Of a family with ties and computed buffers, so that each phase has something to do, and with as
   * many layers as models have, so that the compiler comes to what goes on for each tensor.
   */
  private static final String CONFIG =
      """
      {"architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "dtype": "bfloat16",
       "vocab_size": 16, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 24,
       "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4}
      """;

  /** Bytes of a shard: there are several then, and an index. */
  private static final long SHARD = 16 << 10;

  private Rehearsal() {}

  static void run() {
    Path directory = null;
    try {
      directory = Files.createTempDirectory("tenon-rehearsal");
      run(directory);
    } catch (IOException e) {
      Path where = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
      throw new TenonException("Cannot rehearse: directory=" + where + ", reason=" + e, e);
    } finally {
      if (directory != null) {
        delete(directory);
      }
    }
  }

  private static void run(Path directory) throws IOException {
    Path config = Files.writeString(directory.resolve("config.json"), CONFIG);
    Path saved = directory.resolve("model");
    try (Model model = Tenon.init(config, LoadOptions.defaults())) {
      model.save(saved, SaveOptions.defaults().maxShardBytes(SHARD));
    }
    for (Residency residency : Residency.values()) {
      Tenon.load(saved, LoadOptions.builder().residency(residency).build()).close();
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    } catch (IOException | UncheckedIOException e) {
      return; // Some ten kilobytes, in a directory for what is temporary.
    }
  }
}
