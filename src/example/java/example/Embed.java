package example;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Sentence embeddings with a BERT encoder (MiniLM, BGE, E5, …): the mean of its last hidden states,
 * of length one, so that a product of two embeddings is their cosine.
 *
 * <pre>java -cp src/example/target/examples.jar example.Embed MODEL SENTENCE...</pre>
 *
 * <p>Memory: JavaCPP frees a tensor when its scope is closed. {@link #embed} opens one, every
 * tensor it makes is freed there, and what it returns is Java's. The weights are the model's, in no
 * scope, and freed by {@link #close}.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Embed implements AutoCloseable {
  private final Model model;
  private final Config config;

  public Embed(Path path) {
    config = Config.read(path);
    if (!config.modelType().equals("bert") || !config.string("hidden_act", "gelu").equals("gelu")) {
      throw new IllegalArgumentException("Not BERT as it was: config=" + config);
    }
    // The encoder alone, whatever heads the files hold.
    model = Tenon.load(path, LoadOptions.builder().className("BertModel").dtype(DType.F32).build());
  }

  /** One embedding for each sentence, of length one. Thread-safe. */
  public float[][] embed(long[]... sentences) {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard inference = new NoGradGuard();
      int longest = Stream.of(sentences).mapToInt(ids -> ids.length).max().orElseThrow();
      long[] ids = new long[sentences.length * longest];
      float[] mask = new float[ids.length];
      for (int i = 0; i < sentences.length; i++) {
        System.arraycopy(sentences[i], 0, ids, i * longest, sentences[i].length);
        Arrays.fill(mask, i * longest, i * longest + sentences[i].length, 1);
      }
      Tensor words = torch.tensor(ids).view(sentences.length, longest);
      Tensor present = torch.tensor(mask).view(sentences.length, longest);
      Tensor hidden = model.using(open -> encode(words, present));

      Tensor weight = present.unsqueeze(-1);
      Tensor mean = hidden.mul(weight).sum(1).div(weight.sum(1));
      Tensor unit = torch.normalize(mean).contiguous();
      float[][] embeddings = new float[sentences.length][(int) unit.size(1)];
      FloatBuffer values = unit.createBuffer();
      for (float[] embedding : embeddings) {
        values.get(embedding);
      }
      return embeddings;
    }
  }

  /** Last hidden states (sentence, position, width) of token ids (sentence, position). */
  private Tensor encode(Tensor ids, Tensor present) {
    Tensor positions = weight("embeddings.position_embeddings").narrow(0, 0, ids.size(1));
    Tensor type = weight("embeddings.token_type_embeddings").select(0, 0);
    Tensor words = torch.embedding(weight("embeddings.word_embeddings"), ids);
    Tensor x = norm("embeddings.LayerNorm", words.add(type).add(positions));
    // Added to attention's scores (sentence, head, from, to): nothing looks at padding.
    Tensor padding = present.sub(new Scalar(1)).mul(new Scalar(1e30)).unsqueeze(1).unsqueeze(1);
    for (int i = 0; i < config.integer("num_hidden_layers"); i++) {
      String layer = "encoder.layer." + i;
      Tensor attended = attention(layer + ".attention.self", x, padding);
      x =
          norm(
              layer + ".attention.output.LayerNorm",
              linear(layer + ".attention.output.dense", attended).add(x));
      Tensor inner = torch.gelu(linear(layer + ".intermediate.dense", x));
      x = norm(layer + ".output.LayerNorm", linear(layer + ".output.dense", inner).add(x));
    }
    return x;
  }

  private Tensor attention(String name, Tensor x, Tensor padding) {
    return torch
        .scaled_dot_product_attention(
            heads(linear(name + ".query", x)),
            heads(linear(name + ".key", x)),
            heads(linear(name + ".value", x)),
            new TensorOptional(padding),
            0,
            false,
            new DoubleOptional(),
            false)
        .transpose(1, 2)
        .flatten(2, 3);
  }

  private Tensor heads(Tensor x) {
    return x.unflatten(2, config.integer("num_attention_heads"), -1).transpose(1, 2);
  }

  private Tensor linear(String name, Tensor x) {
    return torch.linear(x, weight(name), new TensorOptional(model.tensor(name + ".bias")));
  }

  private Tensor norm(String name, Tensor x) {
    TensorOptional weight = new TensorOptional(weight(name));
    TensorOptional bias = new TensorOptional(model.tensor(name + ".bias"));
    double epsilon = config.number("layer_norm_eps", 1e-12);
    return torch.layer_norm(x, new long[] {x.size(-1)}, weight, bias, epsilon, true);
  }

  private Tensor weight(String name) {
    return model.tensor(name + ".weight");
  }

  @Override
  public void close() {
    model.close();
  }

  /** Prints the cosine of each sentence with the first. */
  public static void main(String[] args) {
    if (args.length < 2) {
      System.err.println(
          "Usage: Embed MODEL SENTENCE...   (a sentence may be token ids: 2,5,21,3)");
      System.exit(2);
    }
    Path path = Tenon.locate(args[0]);
    try (Embed embed = new Embed(path);
        Tokens tokens = new Tokens(path, args[1])) {
      String[] sentences = Arrays.copyOfRange(args, 1, args.length);
      float[][] all = embed.embed(Stream.of(sentences).map(tokens::ids).toArray(long[][]::new));
      for (int i = 0; i < all.length; i++) {
        double cosine = 0;
        for (int j = 0; j < all[i].length; j++) {
          cosine += all[0][j] * all[i][j];
        }
        System.out.printf("%+.4f  %s  %s%n", cosine, Arrays.toString(all[i]), sentences[i]);
      }
    }
  }
}
