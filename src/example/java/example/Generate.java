package example;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.skeleton.Config;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Greedy decoding with a Llama decoder (Llama 2 and 3, TinyLlama, SmolLM, …) or a Qwen2 one, each
 * layer's keys and values kept from step to step.
 *
 * <pre>java -cp src/example/target/examples.jar example.Generate MODEL PROMPT [TOKENS]</pre>
 *
 * <p>Memory: JavaCPP frees a tensor when its scope is closed. {@link #generate} opens one for the
 * cache, which lives as long as the text grows, and each step one of its own, so that memory does
 * not grow with the number of steps. The weights are the model's, in no scope, and freed by {@link
 * #close}; under mmap they are the file's own pages.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Generate implements AutoCloseable {
  private final Model model;
  private final Config config;
  private final Set<String> names;
  private final int layers;
  private final int heads;
  private final int groups;

  public Generate(Path path) {
    config = Config.read(path);
    if (!Set.of("llama", "qwen2").contains(config.modelType())
        || !Set.of("default", "linear", "llama3").contains(ropeType(config))) {
      throw new IllegalArgumentException(
          "Not supported: model_type=" + config.modelType() + ", rope_type=" + ropeType(config));
    }
    layers = config.integer("num_hidden_layers");
    heads = config.integer("num_attention_heads");
    groups = config.integer("num_key_value_heads", heads);
    model = Tenon.load(path, LoadOptions.defaults());
    names = Set.copyOf(model.names());
  }

  private static String ropeType(Config config) {
    for (String name : List.of("rope_parameters", "rope_scaling")) {
      if (config.isObject(name)) {
        Config rope = config.sub(name);
        return rope.string("rope_type", rope.string("type", "default"));
      }
    }
    return "default";
  }

  /**
   * Continues a prompt by the most probable token, again and again. Thread-safe.
   *
   * @param prompt token ids, at least one
   * @param count how many tokens at most; fewer if one ends the text
   * @param token told of each as it is found
   */
  public void generate(long[] prompt, int count, LongConsumer token) {
    List<Integer> ends =
        !config.has("eos_token_id")
            ? List.of()
            : config.isList("eos_token_id")
                ? config.integers("eos_token_id")
                : List.of(config.integer("eos_token_id"));
    try (PointerScope scope = new PointerScope()) {
      Cache cache = new Cache(prompt.length + count);
      long[] tokens = prompt;
      for (int i = 0; i < count; i++) {
        long next = mostProbable(logits(tokens, cache));
        if (ends.contains((int) next)) {
          return;
        }
        token.accept(next);
        tokens = new long[] {next};
      }
    }
  }

  private static int mostProbable(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Keys and values (1, group, position, width) of each layer; of the innermost scope. */
  final class Cache {
    private final Tensor[] keys = new Tensor[layers];
    private final Tensor[] values = new Tensor[layers];
    private int length;

    Cache(int capacity) {
      for (int i = 0; i < layers; i++) {
        Tensor k = weight("model.layers." + i + ".self_attn.k_proj");
        long[] shape = {1, groups, capacity, k.size(0) / groups};
        keys[i] = torch.empty(shape, k.options(), null);
        values[i] = torch.empty(shape, k.options(), null);
      }
    }
  }

  /** What follows tokens that come after those in the cache: a logit for each of the vocabulary. */
  float[] logits(long[] tokens, Cache cache) {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard inference = new NoGradGuard();
      Tensor logits = model.using(open -> forward(torch.tensor(tokens).unsqueeze(0), cache));
      cache.length += tokens.length;
      Tensor last = logits.to(ScalarType.Float).contiguous();
      float[] values = new float[(int) last.numel()];
      last.<FloatBuffer>createBuffer().get(values);
      return values;
    }
  }

  private Tensor forward(Tensor ids, Cache cache) {
    Tensor x = torch.embedding(weight("model.embed_tokens"), ids);
    Scalar from = new Scalar(cache.length);
    Tensor positions = torch.arange(from, new Scalar(cache.length + ids.size(1)));
    Tensor frequencies = model.tensor("model.rotary_emb.inv_freq"); // whatever the config's scaling
    Tensor half = torch.outer(positions.to(ScalarType.Float), frequencies);
    Tensor angles = torch.cat(new TensorVector(half, half), -1);
    Tensor cos = angles.cos().to(x.scalar_type());
    Tensor sin = angles.sin().to(x.scalar_type());
    for (int i = 0; i < layers; i++) {
      String layer = "model.layers." + i;
      Tensor in = norm(layer + ".input_layernorm", x);
      x = x.add(attention(layer + ".self_attn", in, cos, sin, cache, i));
      in = norm(layer + ".post_attention_layernorm", x);
      Tensor gate = torch.silu(linear(layer + ".mlp.gate_proj", in));
      x = x.add(linear(layer + ".mlp.down_proj", gate.mul(linear(layer + ".mlp.up_proj", in))));
    }
    return linear("lm_head", norm("model.norm", x.select(1, -1)));
  }

  private Tensor attention(String name, Tensor x, Tensor cos, Tensor sin, Cache cache, int layer) {
    Tensor query = turn(split(linear(name + ".q_proj", x), heads), cos, sin);
    long length = x.size(1);
    long end = cache.length + length;
    Tensor key = turn(split(linear(name + ".k_proj", x), groups), cos, sin);
    cache.keys[layer].narrow(2, cache.length, length).copy_(key);
    cache
        .values[layer]
        .narrow(2, cache.length, length)
        .copy_(split(linear(name + ".v_proj", x), groups));
    // Of several tokens each sees those before it; there are several in the first step alone.
    Tensor mixed =
        torch.scaled_dot_product_attention(
            query,
            cache.keys[layer].narrow(2, 0, end),
            cache.values[layer].narrow(2, 0, end),
            new TensorOptional(),
            0,
            length > 1,
            new DoubleOptional(),
            true);
    return linear(name + ".o_proj", mixed.transpose(1, 2).flatten(2, 3));
  }

  private static Tensor split(Tensor x, int parts) {
    return x.unflatten(2, parts, -1).transpose(1, 2);
  }

  /** Rotates pairs of elements half a width apart by the angles of their positions. */
  private static Tensor turn(Tensor x, Tensor cos, Tensor sin) {
    TensorVector halves = x.chunk(2, -1);
    Tensor turned = torch.cat(new TensorVector(halves.get(1).neg(), halves.get(0)), -1);
    return x.mul(cos).add(turned.mul(sin));
  }

  private Tensor linear(String name, Tensor x) {
    String bias = name + ".bias";
    return names.contains(bias)
        ? torch.linear(x, weight(name), new TensorOptional(model.tensor(bias)))
        : torch.linear(x, weight(name));
  }

  /** Divided by the root of the mean square, in float32 as the reference does. */
  private Tensor norm(String name, Tensor x) {
    Tensor wide = x.to(ScalarType.Float);
    Tensor square = wide.mul(wide).mean(new long[] {-1}, true, new ScalarTypeOptional());
    Tensor scale = square.add(new Scalar(config.number("rms_norm_eps", 1e-6))).rsqrt();
    return weight(name).mul(wide.mul(scale).to(x.scalar_type()));
  }

  private Tensor weight(String name) {
    return model.tensor(name + ".weight");
  }

  @Override
  public void close() {
    model.close();
  }

  /** Prints a prompt and what follows, as it is found. */
  public static void main(String[] args) {
    if (args.length < 2) {
      System.err.println(
          "Usage: Generate MODEL PROMPT [TOKENS]   (or the prompt's token ids: 1,3,21)");
      System.exit(2);
    }
    Path path = Tenon.locate(args[0]);
    int count = args.length > 2 ? Integer.parseInt(args[2]) : 24;
    try (Generate model = new Generate(path);
        Tokens tokens = new Tokens(path, args[1])) {
      long[] prompt = tokens.ids(args[1]);
      long[] all = Arrays.copyOf(prompt, prompt.length + count);
      StringBuilder shown = new StringBuilder();
      int[] length = {prompt.length};
      model.generate(
          prompt,
          count,
          next -> {
            all[length[0]++] = next;
            String text = tokens.text(Arrays.copyOf(all, length[0]));
            System.out.print(text.substring(Math.min(shown.length(), text.length())));
            System.out.flush();
            shown.replace(0, shown.length(), text);
          });
      System.out.println();
    }
  }
}
