package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.init.InitRule;
import java.util.ArrayList;
import java.util.List;

/**
 * RT-DETRv2 (Lv et al. 2024): a detector of a ResNet, a hybrid encoder, and a decoder with
 * deformable attention. Its heads stand both beside the model and in the decoder.
 */
public final class RtDetrV2 implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
          "initializer_range",
          0.01,
          "freeze_backbone_batch_norms",
          true,
          "encoder_hidden_dim",
          256,
          "encoder_in_channels",
          List.of(512, 1024, 2048),
          "encoder_layers",
          1,
          "encoder_ffn_dim",
          1024,
          "encode_proj_layers",
          List.of(2),
          "hidden_expansion",
          1.0,
          "d_model",
          256,
          "num_queries",
          300,
          "decoder_in_channels",
          List.of(256, 256, 256),
          "decoder_ffn_dim",
          1024,
          "num_feature_levels",
          3,
          "decoder_n_points",
          4,
          "decoder_layers",
          6,
          "decoder_attention_heads",
          8,
          "decoder_n_levels",
          3,
          "num_denoising",
          100,
          "learn_initial_query",
          false);

  private static final InitRule XAVIER = new InitRule.XavierUniform(1);

  @Override
  public String modelType() {
    return "rt_detr_v2";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes =
        new Classes(
            "RTDetrV2",
            "model",
            c -> c.withAliases("hidden_size", "d_model").withDefaults(DEFAULTS));
    return List.of(
            classes.of("Decoder", RtDetrV2Decoder::model),
            classes.of("HybridEncoder", RtDetrV2Encoder::model),
            classes.of("Model", RtDetrV2::model),
            classes.of("ForObjectDetection", RtDetrV2::detector))
        .stream()
        .map(RtDetrV2::spelled)
        .toList();
  }

  /** The names of checkpoints written before version 5 of the reference. */
  private static Architecture spelled(Architecture architecture) {
    return architecture
        .rename("out_proj", "o_proj")
        .rename("layers.(\\d+).fc1", "layers.$1.mlp.fc1")
        .rename("layers.(\\d+).fc2", "layers.$1.mlp.fc2")
        .rename("encoder.encoder.(\\d+).layers", "encoder.aifi.$1.layers");
  }

  private static Block model(Config c) {
    int hidden = c.integer("d_model");
    int labels = c.labels();
    RtDetrResNet backbone = RtDetrResNet.of(c);
    boolean denoising = c.integer("num_denoising") > 0;
    boolean learned = c.flag("learn_initial_query");
    return m ->
        m.model(c)
            .add("backbone", b -> b.add("model", backbone.model()))
            .list("encoder_input_proj", encoderInputs(c, backbone.channels()))
            .add("encoder", RtDetrV2Encoder.model(c))
            .addIf(denoising, "denoising_class_embed", embedding(labels + 1, hidden, labels))
            .addIf(learned, "weight_embedding", embedding(c.integer("num_queries"), hidden))
            .list("enc_output", List.of(linear(hidden, hidden), layerNorm(hidden)))
            .add("enc_score_head", linear(hidden, labels))
            .add("enc_bbox_head", boxes(hidden))
            .list("decoder_input_proj", decoderInputs(c))
            .add("decoder", RtDetrV2Decoder.model(c))
            .init(
                init ->
                    init.rule("enc_score_head.weight", XAVIER)
                        .constant("enc_score_head.bias", rarity(c))
                        .ifPresent("weight_embedding.weight", XAVIER)
                        .ifPresent("denoising_class_embed.weight", XAVIER));
  }

  private static List<Block> encoderInputs(Config c, List<Integer> channels) {
    int hidden = c.integer("encoder_hidden_dim");
    return channels.stream().map(in -> projection(c, in, hidden, 1)).toList();
  }

  /** One projection for each level of the encoder, and strided ones for levels beyond those. */
  private static List<Block> decoderInputs(Config c) {
    int hidden = c.integer("d_model");
    List<Integer> channels = c.integers("decoder_in_channels");
    List<Block> inputs = new ArrayList<>();
    channels.forEach(in -> inputs.add(projection(c, in, hidden, 1)));
    while (inputs.size() < c.integer("num_feature_levels")) {
      boolean first = inputs.size() == channels.size();
      int in = first ? channels.get(channels.size() - 1) : hidden;
      inputs.add(projection(c, in, hidden, 3));
    }
    return inputs;
  }

  private static Block projection(Config c, int in, int out, int kernel) {
    Block convolution = conv2d(in, out, kernel, kernel, 1, false);
    return m -> m.add("0", convolution).add("1", RtDetrV2Encoder.batchNorm(c, out));
  }

  private static Block boxes(int hidden) {
    return RtDetrV2Decoder.mlp(List.of(hidden, hidden, hidden, 4));
  }

  /** The heads are the decoder's own, so the two names share whatever the flag of ties says. */
  private static Block detector(Config c) {
    int hidden = c.integer("d_model");
    int layers = c.integer("decoder_layers");
    Block heads =
        m ->
            m.repeat("class_embed", layers, i -> linear(hidden, c.labels()))
                .repeat("bbox_embed", layers, i -> boxes(hidden));
    return m -> {
      m.model(c.with("tie_word_embeddings", true)).add("model", model(c)).with(heads);
      m.child("model.decoder").with(heads);
      m.tie("class_embed", "model.decoder.class_embed");
      m.tie("bbox_embed", "model.decoder.bbox_embed");
      m.init(init -> drawHeads(init, layers, rarity(c)));
    };
  }

  private static void drawHeads(Init init, int layers, double bias) {
    for (int i = 0; i < layers; i++) {
      String head = "model.decoder.class_embed." + i;
      init.rule(head + ".weight", XAVIER).constant(head + ".bias", bias);
    }
    for (int i = 0; i < layers; i++) {
      String last = "model.decoder.bbox_embed." + i + ".layers.2";
      init.zeros(last + ".weight").zeros(last + ".bias");
    }
  }

  /** The bias at which a score is the prior probability of any one label (Lin et al. 2017). */
  private static double rarity(Config c) {
    double given = c.number("initializer_bias_prior_prob", 0);
    double prior = given == 0 ? 1.0 / (c.labels() + 1) : given;
    return -Math.log((1 - prior) / prior);
  }
}
