package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a config asks for that {@code W + s·B·A} is not. */
final class Refusals {
  /** Kinds of LoRA whose merge is another, or that have none. */
  private static final List<String> OTHER_KINDS =
      List.of(
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "layer_replication",
          "megatron_config",
          "monteclora_config",
          "trainable_token_indices",
          "use_bdlora",
          "use_qalora",
          "velora_config");

  /** Ways to begin that leave the base as it is; the others are trained on another base. */
  private static final Set<String> PLAIN_BEGINNINGS = Set.of("gaussian", "eva", "orthogonal");

  /** What is read, and what says nothing about how to merge. */
  private static final Set<String> KNOWN =
      Set.of(
          "alpha_pattern",
          "auto_mapping",
          "base_model_name_or_path",
          "bias",
          "corda_config",
          "ensure_weight_tying",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out",
          "inference_mode",
          "init_lora_weights",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_alpha",
          "lora_bias",
          "lora_dropout",
          "lora_ga_config",
          "megatron_core",
          "modules_to_save",
          "peft_type",
          "peft_version",
          "qalora_group_size",
          "r",
          "rank_pattern",
          "revision",
          "runtime_config",
          "target_modules",
          "target_parameters",
          "task_type",
          "use_dora",
          "use_rslora");

  private Refusals() {}

  /**
   * Checks a config.
   *
   * @throws TenonException if it is no LoRA, or one that is not merged here
   */
  static void check(Config config) {
    String method = config.string("peft_type", "");
    if (!method.equals("LORA")) {
      throw new TenonException(
          "Only LoRA adapters are merged: file=%s, peft_type=%s"
              .formatted(config, method.isEmpty() ? "none" : method));
    }
    for (String field : OTHER_KINDS) {
      if (asks(config, field)) {
        throw new TenonException(
            "An adapter of this kind of LoRA is not merged: file=%s, field=%s"
                .formatted(config, field));
      }
    }
    if (config.isText("init_lora_weights")) {
      String beginning = config.string("init_lora_weights");
      if (!PLAIN_BEGINNINGS.contains(beginning.toLowerCase(Locale.ROOT))) {
        throw new TenonException(
            ("An adapter that changed its base to begin with is merged only once it is converted to"
                    + " plain LoRA: file=%s, init_lora_weights=%s")
                .formatted(config, beginning));
      }
    }
    if (config.flag("use_dora", false) && config.flag("lora_bias", false)) {
      throw new TenonException("DoRA has no lora_bias: file=" + config);
    }
  }

  static List<String> unknown(Config config) {
    List<String> unknown = new ArrayList<>();
    for (String name : config.names()) {
      if (!KNOWN.contains(name) && !OTHER_KINDS.contains(name) && asks(config, name)) {
        unknown.add(name);
      }
    }
    return unknown;
  }

  /** Whether a field holds more than nothing. */
  private static boolean asks(Config config, String field) {
    return config.says(field);
  }
}
