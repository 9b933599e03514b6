package dev.tenon.load;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.plan.SlotDTypes;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.quantised.pack.Fp8Tensors;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.TokenSlot;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A save of plain weights as 8-bit floats in blocks. What is packed and what is not is as {@code
 * FineGrainedFP8HfQuantizer} of transformers 5.18 has it: linear layers and experts, but no output
 * embedding, nothing that is tied or kept in float32, and not the module whose parameter comes
 * last.
 */
final class Quantising {
  private static final String WEIGHT = ".weight";
  private static final String EXPERTS = ".experts.";

  private final Skeleton skeleton;
  private final Set<String> linears;
  private final Set<String> dense;
  private final Set<String> left = new LinkedHashSet<>();

  /**
   * What is known of a model.
   *
   * @throws TenonException if nothing says which of its slots are linear layers
   */
  Quantising(Skeleton skeleton, ModelConfig config) {
    this.skeleton = skeleton;
    this.linears = config.linears();
    if (linears.isEmpty()) {
      throw new TenonException(
          "Nothing says which weights are those of linear layers, so that they could be quantised: class=%s"
              .formatted(skeleton.className()));
    }
    this.dense = dense(config);
  }

  private Set<String> dense(ModelConfig config) {
    Set<String> names = new HashSet<>();
    for (Tie tie : skeleton.ties()) {
      names.add(tie.target());
      names.add(tie.source());
    }
    for (TokenSlot slot : config.slotsByTokens()) {
      names.add(skeleton.slots().get(slot.slot()).name());
    }
    List<String> inFp32 = new ArrayList<>(skeleton.patterns().keepInFp32());
    inFp32.addAll(skeleton.patterns().keepInFp32Strict());
    String last = "";
    for (Slot slot : skeleton.slots()) {
      last = slot.isParameter() && !names.contains(slot.name()) ? slot.name() : last;
      for (String segments : inFp32) {
        if (SlotDTypes.hasSegments(slot.name(), segments)) {
          names.add(slot.name());
        }
      }
    }
    names.add(last.substring(0, Math.max(0, last.lastIndexOf('.'))) + WEIGHT);
    return names;
  }

  /**
   * The tensors to write in the place of one.
   *
   * @param plain the same, plain
   */
  List<NewTensor> tensors(StoredTensor stored, NewTensor plain) {
    boolean linear = true;
    boolean packed = true;
    for (Piece piece : stored.pieces()) {
      String slot = piece.entry().name();
      boolean expert = slot.contains(EXPERTS) && piece.entry().shape().rank() == 3;
      linear &= expert || linears.contains(slot);
      packed &= !dense.contains(slot);
    }
    boolean matrix = stored.shape().rank() == 2 && stored.name().endsWith(WEIGHT);
    if (!linear) {
      return List.of(plain);
    } else if (!matrix || !packed) {
      left.add(module(stored.name()));
      return List.of(plain);
    }
    requireFloats(stored);
    return Fp8Tensors.of(plain);
  }

  private static String module(String name) {
    int experts = name.indexOf(EXPERTS);
    return experts >= 0
        ? name.substring(0, experts + EXPERTS.length() - 1)
        : name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
  }

  private static void requireFloats(StoredTensor stored) {
    DType dtype = stored.dtype();
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new TenonException(
          "Only float32, float16 and bfloat16 are quantised: tensor=%s, dtype=%s"
              .formatted(stored.name(), dtype));
    }
  }

  /** Modules that could have been packed and were not. */
  Set<String> left() {
    return left;
  }

  /** A config that says what the tensors that were asked for are. */
  Config described(Config config) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("quant_method", "fp8");
    said.put("fmt", "e4m3");
    said.put("activation_scheme", "dynamic");
    said.put("weight_block_size", List.of(Fp8Tensors.block(), Fp8Tensors.block()));
    said.put("modules_to_not_convert", new ArrayList<>(left));
    return config.with("quantization_config", said);
  }
}
