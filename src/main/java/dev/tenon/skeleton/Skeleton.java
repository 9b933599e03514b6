package dev.tenon.skeleton;

import dev.tenon.TenonException;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model of one class and one config must have: its slots in the order the reference
 * registers them, its ties, and the steps that initialise it. Immutable and pure: no tensor, no
 * libtorch.
 *
 * @param className the class, such as {@code Gemma2ForCausalLM}
 * @param modelType the config's {@code model_type}
 * @param basePrefix the attribute the base model stands under in classes with a head
 * @param slots parameters, then buffers, each in registration order
 * @param ties declared pairs in order, those of sub-models included; empty if the config forbids
 *     them
 * @param steps initialisation in the reference's order; every slot has at least one
 * @param patterns what the family says about names
 * @param renamings spellings of checkpoints, in the order they are tried
 * @param conversions layouts of checkpoints that differ from the model's
 * @param tokenSlots what grows with the vocabulary, as a skeleton file says; empty where a family
 *     can be asked for another vocabulary
 */
public record Skeleton(
    String className,
    String modelType,
    String basePrefix,
    List<Slot> slots,
    List<Tie> ties,
    List<InitStep> steps,
    Patterns patterns,
    List<Renaming> renamings,
    List<Conversion> conversions,
    List<TokenSlot> tokenSlots) {

  /**
   * Copies the lists, so that a skeleton never changes.
   *
   * @throws TenonException if all slots together have more than 2^56 elements
   */
  public Skeleton {
    requireCountable(slots);
    slots = List.copyOf(slots);
    ties = List.copyOf(ties);
    steps = List.copyOf(steps);
    renamings = List.copyOf(renamings);
    conversions = List.copyOf(conversions);
    tokenSlots = List.copyOf(tokenSlots);
  }

  private static void requireCountable(List<Slot> slots) {
    long elements = 0;
    for (Slot slot : slots) {
      elements += slot.shape().elements();
      if (elements > Slot.MOST_ELEMENTS) {
        throw new TenonException(
            "The model is too large for any memory: tensor=%s, allowed=2^56 elements in all"
                .formatted(slot.name()));
      }
    }
  }

  /** A skeleton that does not say what grows with the vocabulary. */
  public Skeleton(
      String className,
      String modelType,
      String basePrefix,
      List<Slot> slots,
      List<Tie> ties,
      List<InitStep> steps,
      Patterns patterns,
      List<Renaming> renamings,
      List<Conversion> conversions) {
    this(
        className,
        modelType,
        basePrefix,
        slots,
        ties,
        steps,
        patterns,
        renamings,
        conversions,
        List.of());
  }

  /** This skeleton with other ties. */
  public Skeleton withTies(List<Tie> others) {
    return new Skeleton(
        className,
        modelType,
        basePrefix,
        slots,
        others,
        steps,
        patterns,
        renamings,
        conversions,
        tokenSlots);
  }

  /** This skeleton with other sizes of its slots, one for each; its steps are for the old ones. */
  public Skeleton withSlots(List<Slot> others) {
    return new Skeleton(
        className,
        modelType,
        basePrefix,
        others,
        ties,
        steps,
        patterns,
        renamings,
        conversions,
        tokenSlots);
  }

  /** Each slot's index under its name: built anew at every call, so keep it. */
  public Map<String, Integer> index() {
    Map<String, Integer> index = new HashMap<>(slots.size() * 2);
    for (int i = 0; i < slots.size(); i++) {
      index.put(slots.get(i).name(), i);
    }
    return index;
  }
}
