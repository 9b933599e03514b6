package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Blocks;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ResNet-D backbone of RT-DETR (He et al. 2018, "Bag of Tricks"): three convolutions as a stem,
 * then stages of basic or bottleneck layers whose shortcuts pool before they project.
 *
 * @param c its config, {@code backbone_config}, with defaults
 * @param frozen whether all batch norms are constants, buffers without a counter
 */
record RtDetrResNet(Config c, boolean frozen) {
  private static final Config DEFAULTS =
      Config.defaults(
          "num_channels",
          3,
          "embedding_size",
          64,
          "hidden_sizes",
          List.of(256, 512, 1024, 2048),
          "depths",
          List.of(3, 4, 6, 3),
          "layer_type",
          "bottleneck",
          "downsample_in_first_stage",
          false);

  /** The rectified linear unit's gain, √2. */
  private static final InitRule HE = new InitRule.KaimingNormal(Math.sqrt(2), Fans.Mode.FAN_OUT);

  /** The backbone a detector's config asks for. */
  static RtDetrResNet of(Config detector) {
    boolean frozen = detector.flag("freeze_backbone_batch_norms");
    if (!detector.has("backbone_config")) {
      if (detector.has("backbone")) {
        throw unknown(detector, detector.string("backbone"));
      }
      Config last = Config.defaults("out_indices", List.of(2, 3, 4));
      return new RtDetrResNet(last.withDefaults(DEFAULTS), frozen);
    }
    Config c = detector.sub("backbone_config");
    if (!c.modelType().equals("rt_detr_resnet")) {
      throw unknown(c, c.modelType());
    }
    return new RtDetrResNet(c.withDefaults(DEFAULTS), frozen);
  }

  private static TenonException unknown(Config c, String backbone) {
    return new TenonException(
        "No such backbone: file=%s, expected=rt_detr_resnet, actual=%s".formatted(c, backbone));
  }

  /** The channels of each stage the detector looks at, finest first. */
  List<Integer> channels() {
    List<Integer> sizes = c.integers("hidden_sizes");
    return stages().stream()
        .map(stage -> stage == 0 ? c.integer("embedding_size") : sizes.get(stage - 1))
        .toList();
  }

  /** Indices of stages, the stem being 0; the last one if the config names none. */
  private List<Integer> stages() {
    int last = c.integers("depths").size();
    if (c.has("out_features")) {
      return c.strings("out_features").stream()
          .map(name -> name.equals("stem") ? 0 : Integer.valueOf(name.substring("stage".length())))
          .toList();
    } else if (c.has("out_indices")) {
      return c.integers("out_indices").stream().map(i -> i < 0 ? last + 1 + i : i).toList();
    }
    return List.of(last);
  }

  /** The whole backbone. */
  Block model() {
    int width = c.integer("embedding_size");
    List<Block> stem =
        List.of(
            layer(c.integer("num_channels"), width / 2, 3),
            layer(width / 2, width / 2, 3),
            layer(width / 2, width, 3));
    return m ->
        m.model(c)
            .add("embedder", e -> e.list("embedder", stem))
            .add("encoder", e -> e.list("stages", encoderStages()));
  }

  private List<Block> encoderStages() {
    List<Integer> sizes = c.integers("hidden_sizes");
    List<Integer> depths = c.integers("depths");
    boolean halved = c.flag("downsample_in_first_stage");
    return IntStream.range(0, Math.min(sizes.size(), depths.size()))
        .mapToObj(
            i ->
                stage(
                    i == 0 ? c.integer("embedding_size") : sizes.get(i - 1),
                    sizes.get(i),
                    i > 0 || halved,
                    depths.get(i)))
        .toList();
  }

  private Block stage(int in, int out, boolean halved, int depth) {
    boolean basic = c.string("layer_type").equals("basic");
    Block first = basic ? basicShortcut(in, out) : bottleneckShortcut(in, out, halved);
    return m ->
        m.repeat(
            "layers",
            Math.max(depth, 1),
            i -> {
              Block shortcut = i == 0 ? first : Blocks.EMPTY;
              int from = i == 0 ? in : out;
              return shortcut.then(basic ? basicLayer(from, out) : bottleneck(from, out));
            });
  }

  private Block basicShortcut(int in, int out) {
    return in != out ? pooledShortcut(in, out) : m -> m.add("shortcut", layer(in, out, 1));
  }

  private Block bottleneckShortcut(int in, int out, boolean halved) {
    if (halved) {
      return pooledShortcut(in, out);
    }
    return m -> m.addIf(in != out, "shortcut", layer(in, out, 1));
  }

  /** An average pool (no tensors, so only its place shows), then a projection. */
  private Block pooledShortcut(int in, int out) {
    return m -> m.list("shortcut", List.of(Blocks.EMPTY, layer(in, out, 1)));
  }

  private Block basicLayer(int in, int out) {
    return m -> m.list("layer", List.of(layer(in, out, 3), layer(out, out, 3)));
  }

  private Block bottleneck(int in, int out) {
    int narrow = out / 4;
    return m ->
        m.list(
            "layer",
            List.of(layer(in, narrow, 1), layer(narrow, narrow, 3), layer(narrow, out, 1)));
  }

  /** A convolution without bias and its norm. */
  private Block layer(int in, int out, int kernel) {
    Block convolution = conv2d(in, out, kernel, kernel, 1, false);
    return m ->
        m.add("convolution", convolution.then(w -> w.init(init -> init.rule("weight", HE))))
            .add("normalization", frozen ? frozenNorm(out) : Blocks.batchNorm(out));
  }

  private static Block frozenNorm(int dim) {
    return m -> {
      m.kind(Module.Kind.NORM);
      for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
        boolean one = name.equals("weight") || name.equals("running_var");
        m.buffer(name, true, DType.F32, new Value.Full(Shape.of(dim), one ? 1 : 0, DType.F32), dim);
      }
    };
  }
}
