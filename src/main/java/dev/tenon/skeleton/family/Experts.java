package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import java.util.List;

/**
 * Mixtures of experts (Shazeer et al. 2017) as the decoders hold them: the gated MLPs of all
 * experts in two stacked tensors, and a router that scores them.
 */
final class Experts {
  private Experts() {}

  /** Gate and up [experts, 2 · intermediate, hidden], down [experts, hidden, intermediate]. */
  static Block stacked(Config c, int experts, int intermediate) {
    int hidden = c.integer("hidden_size");
    double std = c.initial("initializer_range");
    return m ->
        m.parameter("gate_up_proj", experts, 2L * intermediate, hidden)
            .parameter("down_proj", experts, hidden, intermediate)
            .init(init -> init.normal("gate_up_proj", 0, std).normal("down_proj", 0, std));
  }

  /** One score an expert: weight [experts, hidden]. */
  static Block router(Config c, int experts) {
    double std = c.initial("initializer_range");
    return m ->
        m.parameter("weight", InitRule.ZEROS, experts, c.integer("hidden_size"))
            .init(init -> init.normal("weight", 0, std));
  }

  /** Checkpoints that hold each expert as an MLP of its own. */
  static Architecture oneByOne(Architecture architecture) {
    return architecture
        .convert(
            gateAndUp(
                "mlp.experts.*.gate_proj.weight",
                "mlp.experts.*.up_proj.weight",
                "mlp.experts.gate_up_proj"))
        .convert(down("mlp.experts.*.down_proj.weight", "mlp.experts.down_proj"));
  }

  /** Gate and up of every expert stacked, then joined row-wise. */
  static Conversion gateAndUp(String gate, String up, String target) {
    return new Conversion(
        "",
        List.of(gate, up),
        List.of(target),
        List.of(new Operation.Stack(0), new Operation.Concatenate(1)));
  }

  /** One matrix of every expert stacked. */
  static Conversion down(String source, String target) {
    return new Conversion("", List.of(source), List.of(target), List.of(new Operation.Stack(0)));
  }
}
