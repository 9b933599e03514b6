package dev.tenon.quantised.gguf;

/** The fields of DeepSeek's second and third models, whose heads have parts of several sizes. */
final class Deepseek {
  private Deepseek() {}

  static void fields(Fields fields) {
    fields.decoder();
    Metadata metadata = fields.metadata();
    long rotary = metadata.required("rope.dimension_count");
    Long key = metadata.integer("attention.key_length_mla");
    Long value = metadata.integer("attention.value_length_mla");
    fields.set("qk_rope_head_dim", rotary);
    fields.set(
        "qk_nope_head_dim",
        (key != null ? key : metadata.required("attention.key_length")) - rotary);
    fields.set("v_head_dim", value != null ? value : metadata.required("attention.value_length"));
    // Its one head of keys and values is how it computes; a config has as many as of queries.
    fields.set("num_key_value_heads", metadata.required("attention.head_count"));
    Long queries = metadata.integer("attention.q_lora_rank");
    fields.all().put("q_lora_rank", queries);
    fields
        .need("attention.kv_lora_rank", "kv_lora_rank")
        .need("expert_count", "n_routed_experts")
        .take("expert_shared_count", "n_shared_experts")
        .take("expert_used_count", "num_experts_per_tok")
        .take("expert_feed_forward_length", "moe_intermediate_size")
        .take("leading_dense_block_count", "first_k_dense_replace")
        .take("expert_weights_scale", "routed_scaling_factor")
        .take("expert_weights_norm", "norm_topk_prob")
        .take("expert_group_count", "n_group")
        .take("expert_group_used_count", "topk_group");
  }
}
