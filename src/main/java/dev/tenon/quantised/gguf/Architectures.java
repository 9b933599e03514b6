package dev.tenon.quantised.gguf;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The architectures that are known, by llama.cpp's words for them. Names of tensors are those of
 * gguf's {@code constants.py} and {@code tensor_mapping.py}, and what was done to values is what
 * llama.cpp's {@code convert_hf_to_gguf.py} does.
 */
final class Architectures {
  private Architectures() {}

  /** The architecture of a model, or null if it is none of these. */
  static @Nullable GgufArchitecture of(Metadata model) {
    return switch (model.architecture()) {
      case "llama" -> llama(model);
      case "qwen2" -> decoder("qwen2", "Qwen2ForCausalLM", Names.decoder());
      case "qwen3" -> decoder("qwen3", "Qwen3ForCausalLM", Names.decoder());
      case "qwen3moe" -> qwen3Moe();
      case "gemma" ->
          decoder("gemma", "GemmaForCausalLM", Names.decoder().normsChanged(Change.PLUS_ONE));
      case "gemma2" -> gemma("gemma2", "Gemma2ForCausalLM");
      case "gemma3" -> gemma("gemma3_text", "Gemma3ForCausalLM");
      case "phi3" -> phi3();
      case "gpt2" -> gpt2();
      case "deepseek2" -> deepseek(model);
      case "bert" -> bert();
      default -> null;
    };
  }

  private static GgufArchitecture decoder(String modelType, String className, Names names) {
    return new GgufArchitecture(modelType, className, fields -> fields.decoder().head(), names);
  }

  /** Three models have one word, and are told apart by what they have and what they are called. */
  private static GgufArchitecture llama(Metadata model) {
    Names names =
        Names.decoder()
            .changed(Change.QUERY_ROWS, "blk.#.attn_q")
            .changed(Change.KEY_ROWS, "blk.#.attn_k");
    Long experts = model.integer("expert_count");
    if (experts != null && experts > 0) {
      names.is("blk.#.ffn_gate_inp", "model.layers.#.block_sparse_moe.gate");
      names.experts("block_sparse_moe", "w1", "w3", "w2");
      return new GgufArchitecture(
          "mixtral",
          "MixtralForCausalLM",
          fields ->
              fields
                  .decoder()
                  .head()
                  .need("expert_count", "num_local_experts")
                  .take("expert_used_count", "num_experts_per_tok"),
          names);
    }
    boolean mistral =
        model.text("general.name").toLowerCase(Locale.ROOT).contains("mistral")
            || model.text("general.basename").toLowerCase(Locale.ROOT).contains("mistral");
    if (mistral) {
      return new GgufArchitecture(
          "mistral",
          "MistralForCausalLM",
          fields -> fields.decoder().head().take("attention.sliding_window", "sliding_window"),
          names);
    }
    return new GgufArchitecture(
        "llama",
        "LlamaForCausalLM",
        fields ->
            fields
                .decoder()
                .head()
                .set("attention_bias", model.has("blk.0.attn_q.bias"))
                .set("mlp_bias", model.has("blk.0.ffn_up.bias")),
        names);
  }

  private static GgufArchitecture qwen3Moe() {
    return new GgufArchitecture(
        "qwen3_moe",
        "Qwen3MoeForCausalLM",
        fields ->
            fields
                .decoder()
                .head()
                .need("expert_count", "num_experts")
                .take("expert_used_count", "num_experts_per_tok")
                .take("expert_feed_forward_length", "moe_intermediate_size")
                .set("norm_topk_prob", true),
        Names.decoder()
            .is("blk.#.ffn_gate_inp", "model.layers.#.mlp.gate")
            .experts("mlp", "gate_proj", "up_proj", "down_proj"));
  }

  private static GgufArchitecture gemma(String modelType, String className) {
    return new GgufArchitecture(
        modelType,
        className,
        fields ->
            fields
                .decoder()
                .head()
                .take("attention.sliding_window", "sliding_window")
                .take("attn_logit_softcapping", "attn_logit_softcapping")
                .take("final_logit_softcapping", "final_logit_softcapping"),
        Names.decoder()
            .is("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm")
            .is("blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm")
            .is("blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm")
            .normsChanged(Change.PLUS_ONE));
  }

  private static GgufArchitecture phi3() {
    return new GgufArchitecture(
        "phi3",
        "Phi3ForCausalLM",
        fields ->
            fields
                .decoder()
                .take("attention.sliding_window", "sliding_window")
                .take("rope.scaling.original_context_length", "original_max_position_embeddings"),
        Names.decoder()
            .is("blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj")
            .is("blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj"));
  }

  private static GgufArchitecture gpt2() {
    return new GgufArchitecture(
        "gpt2",
        "GPT2LMHeadModel",
        fields ->
            fields
                .need("block_count", "n_layer")
                .need("embedding_length", "n_embd")
                .need("attention.head_count", "n_head")
                .take("feed_forward_length", "n_inner")
                .take("context_length", "n_positions")
                .take("attention.layer_norm_epsilon", "layer_norm_epsilon")
                .set("vocab_size", fields.vocabulary("token_embd.weight"))
                .set("tie_word_embeddings", !fields.metadata().has("output.weight")),
        Names.none()
            .is("token_embd", "transformer.wte")
            .is("position_embd", "transformer.wpe")
            .is("output_norm", "transformer.ln_f")
            .is("output", "lm_head")
            .is("blk.#.attn_norm", "transformer.h.#.ln_1")
            .is("blk.#.attn_qkv", "transformer.h.#.attn.c_attn", Change.TRANSPOSED)
            .is("blk.#.attn_output", "transformer.h.#.attn.c_proj", Change.TRANSPOSED)
            .is("blk.#.ffn_norm", "transformer.h.#.ln_2")
            .is("blk.#.ffn_up", "transformer.h.#.mlp.c_fc", Change.TRANSPOSED)
            .is("blk.#.ffn_down", "transformer.h.#.mlp.c_proj", Change.TRANSPOSED));
  }

  /** The third version is told by the bias its routers have. */
  private static GgufArchitecture deepseek(Metadata model) {
    boolean third = false;
    for (var tensor : model.tensors()) {
      third |= tensor.name().endsWith(".exp_probs_b.bias");
    }
    String module = "model.layers.#.mlp.shared_experts.";
    return new GgufArchitecture(
        third ? "deepseek_v3" : "deepseek_v2",
        third ? "DeepseekV3ForCausalLM" : "DeepseekV2ForCausalLM",
        Deepseek::fields,
        Names.decoder()
            .is("blk.#.attn_q_a", "model.layers.#.self_attn.q_a_proj")
            .is("blk.#.attn_q_a_norm", "model.layers.#.self_attn.q_a_layernorm")
            .is("blk.#.attn_q_b", "model.layers.#.self_attn.q_b_proj")
            .is("blk.#.attn_kv_a_mqa", "model.layers.#.self_attn.kv_a_proj_with_mqa")
            .is("blk.#.attn_kv_a_norm", "model.layers.#.self_attn.kv_a_layernorm")
            .is("blk.#.attn_kv_b", "model.layers.#.self_attn.kv_b_proj")
            .is("blk.#.ffn_gate_inp", "model.layers.#.mlp.gate")
            .is("blk.#.exp_probs_b.bias", "model.layers.#.mlp.gate.e_score_correction_bias")
            .is("blk.#.ffn_gate_shexp", module + "gate_proj")
            .is("blk.#.ffn_up_shexp", module + "up_proj")
            .is("blk.#.ffn_down_shexp", module + "down_proj")
            .experts("mlp", "gate_proj", "up_proj", "down_proj"));
  }

  private static GgufArchitecture bert() {
    String layer = "encoder.layer.#.";
    return new GgufArchitecture(
        "bert",
        "BertModel",
        fields ->
            fields
                .need("block_count", "num_hidden_layers")
                .need("embedding_length", "hidden_size")
                .need("feed_forward_length", "intermediate_size")
                .need("attention.head_count", "num_attention_heads")
                .take("context_length", "max_position_embeddings")
                .take("attention.layer_norm_epsilon", "layer_norm_eps")
                .set("vocab_size", fields.vocabulary("token_embd.weight"))
                .set("type_vocab_size", fields.vocabulary("token_types.weight")),
        Names.none()
            .is("token_embd", "embeddings.word_embeddings")
            .is("position_embd", "embeddings.position_embeddings")
            .is("token_types", "embeddings.token_type_embeddings")
            .is("token_embd_norm", "embeddings.LayerNorm")
            .is("blk.#.attn_q", layer + "attention.self.query")
            .is("blk.#.attn_k", layer + "attention.self.key")
            .is("blk.#.attn_v", layer + "attention.self.value")
            .is("blk.#.attn_output", layer + "attention.output.dense")
            .is("blk.#.attn_output_norm", layer + "attention.output.LayerNorm")
            .is("blk.#.ffn_up", layer + "intermediate.dense")
            .is("blk.#.ffn_down", layer + "output.dense")
            .is("blk.#.layer_output_norm", layer + "output.LayerNorm"));
  }
}
