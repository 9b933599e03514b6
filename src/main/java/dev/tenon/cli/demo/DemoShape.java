package dev.tenon.cli.demo;

import java.util.List;

/**
 * A size of Gemma 2.
 *
 * @param name of the directory
 * @param vocabulary rows of the embedding and of the tied head
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward
 * @param layers how many
 * @param headDim width of one of 8 heads, of which 4 have keys and values
 * @param shardBytes how large a file may grow
 */
public record DemoShape(
    String name,
    int vocabulary,
    int hidden,
    int intermediate,
    int layers,
    int headDim,
    long shardBytes) {

  /** About 300 MB: the proportions of a large vocabulary, with few layers. */
  public static final DemoShape SMALL =
      new DemoShape("gemma-2-small", 96_000, 1024, 3072, 4, 128, 5_000_000_000L);

  /** {@code google/gemma-2-2b}: 5.2 GB. */
  public static final DemoShape FULL =
      new DemoShape("gemma-2-2b", 256_000, 2304, 9216, 26, 256, 5_000_000_000L);

  /** The config of such a checkpoint; the naive way does not know that the head is tied. */
  public String config(boolean tied) {
    return String.join(
        "\n",
        List.of(
            "{",
            "  \"architectures\": [\"Gemma2ForCausalLM\"],",
            "  \"model_type\": \"gemma2\",",
            "  \"dtype\": \"bfloat16\",",
            "  \"tie_word_embeddings\": " + tied + ",",
            "  \"vocab_size\": " + vocabulary + ",",
            "  \"hidden_size\": " + hidden + ",",
            "  \"intermediate_size\": " + intermediate + ",",
            "  \"num_hidden_layers\": " + layers + ",",
            "  \"num_attention_heads\": 8,",
            "  \"num_key_value_heads\": 4,",
            "  \"head_dim\": " + headDim,
            "}",
            ""));
  }
}
