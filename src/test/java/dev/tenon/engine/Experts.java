package dev.tenon.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/**
 * A small model of experts, stored one by one, and its tied head stored as well, in three shards of
 * a few MB.
 */
final class Experts {
  private static final String CONFIG =
      """
      {"architectures":["Qwen3MoeForCausalLM"],"model_type":"qwen3_moe","dtype":"float32",\
      "hidden_size":128,"head_dim":16,"intermediate_size":256,"moe_intermediate_size":64,\
      "num_attention_heads":8,"num_key_value_heads":4,"num_hidden_layers":2,"num_experts":4,\
      "mlp_only_layers":[0],"vocab_size":%d,"tie_word_embeddings":true}
      """;

  private static final String LAYER = "model.layers.";

  private final StringBuilder header = new StringBuilder();
  private final ByteBuffer data = ByteBuffer.allocate(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final Random random;

  private Experts(Random random) {
    this.random = random;
  }

  static void write(Path directory, int vocabulary, Random random) throws IOException {
    Files.writeString(directory.resolve("config.json"), CONFIG.formatted(vocabulary));
    long embedding = random.nextLong();
    Experts first = new Experts(new Random(embedding));
    first.add("model.embed_tokens.weight", vocabulary, 128);
    first.write(directory.resolve("model-00001-of-00003.safetensors"));
    Experts second = new Experts(random);
    for (int layer = 0; layer < 2; layer++) {
      second.layer(LAYER + layer + ".", layer > 0);
    }
    second.add("model.norm.weight", 128);
    second.write(directory.resolve("model-00002-of-00003.safetensors"));
    Experts third = new Experts(new Random(embedding));
    third.add("lm_head.weight", vocabulary, 128);
    third.write(directory.resolve("model-00003-of-00003.safetensors"));
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        """
        {"weight_map":{"model.embed_tokens.weight":"model-00001-of-00003.safetensors",\
        "model.norm.weight":"model-00002-of-00003.safetensors",\
        "lm_head.weight":"model-00003-of-00003.safetensors"}}
        """);
  }

  private void layer(String name, boolean experts) {
    add(name + "input_layernorm.weight", 128);
    add(name + "post_attention_layernorm.weight", 128);
    add(name + "self_attn.q_proj.weight", 128, 128);
    add(name + "self_attn.k_proj.weight", 64, 128);
    add(name + "self_attn.v_proj.weight", 64, 128);
    add(name + "self_attn.o_proj.weight", 128, 128);
    add(name + "self_attn.q_norm.weight", 16);
    add(name + "self_attn.k_norm.weight", 16);
    if (experts) {
      add(name + "mlp.gate.weight", 4, 128);
      for (int i = 0; i < 4; i++) {
        mlp(name + "mlp.experts." + i + ".", 64);
      }
    } else {
      mlp(name + "mlp.", 256);
    }
  }

  private void mlp(String name, int width) {
    add(name + "gate_proj.weight", width, 128);
    add(name + "up_proj.weight", width, 128);
    add(name + "down_proj.weight", 128, width);
  }

  private void add(String name, int... shape) {
    int start = data.position();
    int elements = 1;
    for (int dim : shape) {
      elements *= dim;
    }
    for (int i = 0; i < elements; i++) {
      data.putFloat(random.nextFloat());
    }
    header.append(header.isEmpty() ? "{" : ",");
    header.append(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, Arrays.toString(shape), start, data.position()));
  }

  private void write(Path file) throws IOException {
    byte[] json = header.append('}').toString().getBytes(UTF_8);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(length.putLong(json.length).flip());
      channel.write(ByteBuffer.wrap(json));
      channel.write(data.flip());
    }
  }
}
