package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The examples beside the reference, on the same tiny weights. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class ExamplesTest {
  private static final Path FILES = Path.of("../test/resources/compute");
  private static final String[] SENTENCES = {
    "the small cat sat on the mat .",
    "a big old dog ran under the red tree , and then slept .",
    "the bird saw a fish"
  };

  @Test
  void embeddingsAreTheReferences() {
    Path path = FILES.resolve("bert");
    try (Model golden = golden("bert");
        Embed embed = new Embed(path);
        Tokens tokens = new Tokens(path, SENTENCES[0])) {
      long[][] ids = new long[SENTENCES.length][];
      long[] padded = longs(golden, "input_ids");
      for (int i = 0; i < ids.length; i++) {
        ids[i] = tokens.ids(SENTENCES[i]);
        assertThat(padded).containsSequence(ids[i]);
      }

      float[][] embeddings = embed.embed(ids);

      float[] expected = floats(golden, "embeddings");
      for (int i = 0; i < ids.length; i++) {
        float[] alone = embed.embed(ids[i])[0];
        for (int j = 0; j < alone.length; j++) {
          float there = expected[i * alone.length + j];
          assertThat(embeddings[i][j]).isCloseTo(there, within(1e-4f));
          assertThat(alone[j]).isCloseTo(there, within(1e-4f));
        }
      }
    }
  }

  @Test
  void everyStepsLogitsAreTheReferences() {
    try (PointerScope scope = new PointerScope();
        Model golden = golden("llama");
        Generate llama = new Generate(FILES.resolve("llama"))) {
      long[] generated = longs(golden, "generated");
      float[] steps = floats(golden, "steps");
      long[] tokens = longs(golden, "prompt");
      Generate.Cache cache = llama.new Cache(tokens.length + generated.length);

      for (int i = 0; i < generated.length; i++) {
        float[] logits = llama.logits(tokens, cache);
        for (int j = 0; j < logits.length; j++) {
          assertThat(logits[j]).isCloseTo(steps[i * logits.length + j], within(1e-4f));
        }
        tokens = new long[] {generated[i]};
      }
    }
  }

  @Test
  void theTextGoesOnAsTheReferences() {
    Path path = FILES.resolve("llama");
    String prompt = "the old cat saw a";
    List<Long> found = new ArrayList<>();
    try (Model golden = golden("llama");
        Generate llama = new Generate(path);
        Tokens tokens = new Tokens(path, prompt)) {
      assertThat(tokens.ids(prompt)).isEqualTo(longs(golden, "prompt"));

      llama.generate(tokens.ids(prompt), 24, found::add);

      assertThat(found.stream().mapToLong(i -> i).toArray()).isEqualTo(longs(golden, "generated"));
    }
  }

  @Test
  void nothingIsLeftInNativeMemory() {
    Path path = FILES.resolve("llama");
    try (Generate llama = new Generate(path);
        Embed embed = new Embed(FILES.resolve("bert"))) {
      long[] tokens = {1, 3, 21};
      llama.generate(tokens, 8, next -> {});
      embed.embed(tokens);
      long before = Pointer.totalCount();

      llama.generate(tokens, 8, next -> {});
      embed.embed(tokens);

      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
  }

  @Test
  void bothRunFromACommandLine() {
    String bert = FILES.resolve("bert").toString();
    String llama = FILES.resolve("llama").toString();

    assertThat(printed(() -> Embed.main(new String[] {bert, SENTENCES[0], SENTENCES[2]})))
        .startsWith("+1.0000  [")
        .contains("  " + SENTENCES[2]);
    assertThat(printed(() -> Generate.main(new String[] {llama, "the old cat saw a", "6"})))
        .startsWith("the old cat saw a a a a a ")
        .hasLineCount(1);
    assertThat(printed(() -> Generate.main(new String[] {llama, "1,3,21,5,25,4", "6"})))
        .isEqualToIgnoringNewLines("1,3,21,5,25,4,4,4,4,4,24,16\n");
  }

  private static String printed(Runnable main) {
    PrintStream before = System.out;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    System.setOut(new PrintStream(text, true));
    try {
      main.run();
    } finally {
      System.setOut(before);
    }
    return text.toString();
  }

  private static Model golden(String name) {
    return Tenon.load(FILES.resolve(name + "-golden.safetensors"), LoadOptions.defaults());
  }

  private static float[] floats(Model golden, String name) {
    Tensor tensor = golden.tensor(name);
    float[] values = new float[(int) tensor.numel()];
    tensor.<FloatBuffer>createBuffer().get(values);
    return values;
  }

  private static long[] longs(Model golden, String name) {
    Tensor tensor = golden.tensor(name);
    long[] values = new long[(int) tensor.numel()];
    tensor.<LongBuffer>createBuffer().get(values);
    return values;
  }
}
