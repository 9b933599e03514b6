package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.lang.Lists;
import dev.tenon.plan.Factor;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.save.ModuleNames;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter's factors add to which parts of which slots. Source: {@code get_delta_weight} of
 * the layers of peft 0.21.
 */
final class Products {
  /** Models whose stacked experts have inputs first: {@code is_transposed} of transformers 5.18. */
  private static final Set<String> INPUTS_FIRST =
      Set.of("gpt_oss", "openai_privacy_filter", "aria", "aria_text");

  /** Models that have {@code Conv1D}, a linear layer whose weight has inputs first, and where. */
  private static final Set<String> CONV1D_MODELS =
      Set.of("gpt2", "openai-gpt", "imagegpt", "decision_transformer");

  private static final Set<String> CONV1D_NAMES = Set.of("c_attn", "c_proj", "c_fc", "q_attn");

  private final Skeleton skeleton;
  private final ModuleNames names;
  private final AdapterConfig config;
  private final String adapter;
  private final Map<String, List<Slot>> parameters = new HashMap<>();

  Products(Skeleton skeleton, ModuleNames names, AdapterConfig config, String adapter) {
    this.skeleton = skeleton;
    this.names = names;
    this.config = config;
    this.adapter = adapter;
    for (Slot slot : skeleton.slots()) {
      if (slot.isParameter() && config.targets(slot.name())) {
        String module = slot.name().substring(0, Math.max(0, slot.name().lastIndexOf('.')));
        Lists.add(parameters, module, slot);
      }
    }
  }

  /**
   * The changes of one module.
   *
   * @throws TenonException if the factors do not fit it or each other, or the model lacks it
   */
  List<LowRank> of(Target target) {
    List<Slot> targeted = parameters.getOrDefault(target.module(), List.of());
    if (!targeted.isEmpty() && !target.isEmbedding()) {
      // The first parameter of a module is wrapped first, so it lies within all other wrappers.
      int at = targeted.size() - 1 - target.depth();
      if (at < 0) {
        throw target.misfit("wrapped=" + target.depth() + ", parameters=" + targeted.size());
      }
      return ofParameter(target, targeted.get(at));
    }
    if (target.depth() > 0) {
      throw lacks(target, target.module());
    }
    List<LowRank> changes = new ArrayList<>(ofWeight(target));
    TensorEntry bias = target.bias();
    if ((bias != null) != (config.hasBias() && !target.isEmbedding())) {
      throw target.misfit("lora_bias=" + config.hasBias() + ", bias=" + (bias != null));
    } else if (bias != null) {
      changes.addAll(ofBias(target, bias));
    }
    return changes;
  }

  private List<LowRank> ofWeight(Target target) {
    String module = target.module();
    StoredTensor weight = find(module, "weight", "in_proj_weight");
    if (weight == null) {
      throw lacks(target, module);
    }
    Shape shape = weight.shape();
    if (shape.rank() < 2) {
      throw target.misfit("weight=" + shape);
    }
    Factor up = Factor.of(target.up());
    Factor down = Factor.of(target.down());
    requireRank(target, module, 1, up, down);
    long rows = shape.dim(0);
    long columns = rows == 0 ? 0 : shape.elements() / rows;
    boolean straight = up.rows() == rows && down.columns() == columns;
    boolean crossed = up.rows() == columns && down.columns() == rows && shape.rank() == 2;
    if (target.isEmbedding() || isConv1d(module) || crossed && !straight && config.fansInFirst()) {
      requireFit(target, shape, crossed && isMatrix(target.up()) && isMatrix(target.down()));
      Factor lengths = magnitude(target, columns);
      Factor across = lengths == null ? null : lengths.transposed();
      return split(target, weight, down.transposed(), up.transposed(), across);
    }
    requireFit(target, shape, straight && kernelFits(target, shape));
    return split(target, weight, up, down, magnitude(target, rows));
  }

  private List<LowRank> split(
      Target target, StoredTensor weight, Factor left, Factor right, @Nullable Factor lengths) {
    double scale = config.scale(target.module());
    Split split = new Split(target, adapter, scale, left, right, lengths);
    return split.over(weight, names, skeleton);
  }

  /** One parameter of a module, or one for each expert, stacked. */
  private List<LowRank> ofParameter(Target target, Slot slot) {
    Shape shape = slot.shape();
    boolean stacked = shape.rank() == 3;
    if (!stacked && shape.rank() != 2 || target.bias() != null || target.magnitude() != null) {
      throw target.misfit("parameter=" + slot.name() + ", expected=" + shape);
    }
    long experts = stacked ? shape.dim(0) : 1;
    Factor up = Factor.of(target.up());
    Factor down = Factor.of(target.down());
    requireRank(target, slot.name(), experts, up, down);
    long rows = shape.dim(stacked ? 1 : 0);
    long columns = shape.dim(stacked ? 2 : 1);
    boolean straight = up.rows() == rows && down.columns() == columns;
    boolean crossed = up.rows() == columns && down.columns() == rows && stacked;
    boolean inputsFirst =
        stacked && (INPUTS_FIRST.contains(skeleton.modelType()) || crossed && !straight);
    requireFit(target, shape, inputsFirst ? crossed : straight);
    long rank = down.rows() / experts;
    int index = index(slot);
    double scale = config.scale(slot.name());
    List<LowRank> changes = new ArrayList<>();
    for (int expert = 0; expert < experts; expert++) {
      Factor a = down.rows(expert * rank, rank);
      Factor b = up.everyColumn(experts, expert);
      Factor left = inputsFirst ? a.transposed() : b;
      Factor right = inputsFirst ? b.transposed() : a;
      long row = expert * rows;
      changes.add(new LowRank(index, adapter, columns, row, 0, left, right, scale, null));
    }
    return changes;
  }

  private List<LowRank> ofBias(Target target, TensorEntry bias) {
    StoredTensor found = find(target.module(), "bias", "in_proj_bias");
    if (found == null || found.pieces().size() != 1 || !found.shape().equals(bias.shape())) {
      throw target.misfit("bias=" + (found == null ? "none" : found.shape().toString()));
    }
    long size = bias.shape().elements();
    Factor row = new Factor(bias, 0, 1, size, size, 1);
    double scale = config.scale(target.module());
    int slot = names.slot(found.pieces().get(0));
    return List.of(new LowRank(slot, adapter, size, 0, 0, row, null, scale, null));
  }

  private @Nullable StoredTensor find(String module, String usual, String attention) {
    StoredTensor found = names.find(module + "." + usual);
    return found != null ? found : names.find(module + "." + attention);
  }

  /** The lengths of outputs as one column, or null if they are not trained. */
  private @Nullable Factor magnitude(Target target, long outputs) {
    TensorEntry lengths = target.magnitude();
    if ((lengths != null) != config.isDora()) {
      throw target.misfit("use_dora=" + config.isDora() + ", magnitude=" + (lengths != null));
    } else if (lengths == null) {
      return null;
    } else if (lengths.shape().elements() != outputs) {
      throw target.misfit("magnitude=" + lengths.shape() + ", outputs=" + outputs);
    }
    return new Factor(lengths, 0, outputs, 1, 1, 1);
  }

  private void requireRank(Target target, String name, long experts, Factor up, Factor down) {
    long rank = config.rank(name) * experts;
    if (up.columns() != rank || down.rows() != rank) {
      throw target.misfit(
          "rank=%d, lora_A=%s, lora_B=%s"
              .formatted(rank, target.down().shape(), target.up().shape()));
    }
  }

  private static void requireFit(Target target, Shape shape, boolean fits) {
    if (!fits) {
      throw target.misfit(
          "lora_A=%s, lora_B=%s, weight=%s"
              .formatted(target.down().shape(), target.up().shape(), shape));
    }
  }

  /**
   * Whether the factors are convolutions of the weight's kind: one of its kernel, one of points.
   */
  private static boolean kernelFits(Target target, Shape weight) {
    long[] down = target.down().shape().dims();
    long[] want = weight.dims();
    if (down.length != want.length || target.up().shape().rank() != want.length) {
      return false;
    }
    want[0] = down[0];
    return Arrays.equals(down, want);
  }

  private static boolean isMatrix(TensorEntry entry) {
    return entry.shape().rank() == 2;
  }

  private boolean isConv1d(String module) {
    return CONV1D_NAMES.contains(module.substring(module.lastIndexOf('.') + 1))
        && (config.fansInFirst() || CONV1D_MODELS.contains(skeleton.modelType()));
  }

  private int index(Slot slot) {
    StoredTensor whole = names.find(slot.name());
    return names.slot(whole.pieces().get(0));
  }

  private TenonException lacks(Target target, String module) {
    return new TenonException(
        "An adapter changes a module that the model lacks: file=%s, key=%s, module=%s, class=%s"
            .formatted(target.any().file(), target.any().name(), module, skeleton.className()));
  }
}
