package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects the initialisation steps of one module, by names relative to it. Order matters: it is
 * the order random numbers are drawn in.
 */
public final class Init {
  private final String prefix;
  private final Module module;
  private final Map<String, Integer> index;
  private final List<Slot> slots;
  private final List<InitStep> steps;

  Init(
      String prefix,
      Module module,
      Map<String, Integer> index,
      List<Slot> slots,
      List<InitStep> steps) {
    this.prefix = prefix;
    this.module = module;
    this.index = index;
    this.slots = slots;
    this.steps = steps;
  }

  /**
   * A rule for a parameter or buffer below this module.
   *
   * @throws TenonException if there is no such slot
   */
  public Init rule(String name, InitRule rule) {
    return add(name, rule, false);
  }

  /** As {@link #rule}, drawn even if the slot is loaded; see {@link InitStep#always}. */
  public Init always(String name, InitRule rule) {
    return add(name, rule, true);
  }

  private Init add(String name, InitRule rule, boolean always) {
    Integer slot = find(name);
    if (slot == null) {
      throw new TenonException("No such slot to initialise: slot=" + prefix + name);
    }
    return put(slot, rule, always);
  }

  private Init put(int slot, InitRule rule, boolean always) {
    steps.add(new InitStep(slot, rule, always));
    return this;
  }

  private @Nullable Integer find(String name) {
    boolean own = name.indexOf('.') < 0;
    // Of what this module lacks no full name need be made.
    return own && !module.owns(name) ? null : index.get(prefix + name);
  }

  /** A rule for a slot that some configs do not have. */
  public Init ifPresent(String name, InitRule rule) {
    Integer slot = find(name);
    return slot == null ? this : put(slot, rule, false);
  }

  /** A rule for every own parameter of this module whose name passes, in registration order. */
  public Init each(Predicate<String> names, InitRule rule) {
    module.parameters.keySet().stream().filter(names).forEach(name -> rule(name, rule));
    return this;
  }

  /** Normal with this mean and standard deviation. */
  public Init normal(String name, double mean, double std) {
    return rule(name, new InitRule.Normal(mean, std));
  }

  /** Every element zero. */
  public Init zeros(String name) {
    return rule(name, InitRule.ZEROS);
  }

  /** Every element one. */
  public Init ones(String name) {
    return rule(name, InitRule.ONES);
  }

  /** Every element the same. */
  public Init constant(String name, double value) {
    return rule(name, new InitRule.Constant(value));
  }

  /** Values computed from the config. */
  public Init copy(String name, Value value) {
    return rule(name, new InitRule.Computed(value));
  }

  /** What is computed for a parameter or buffer below this module, in its turn. */
  public Init computed(String name) {
    int dot = name.lastIndexOf('.');
    Module owner = dot < 0 ? module : module.child(name.substring(0, dot));
    String own = name.substring(dot + 1);
    Module.Parameter parameter = owner.parameters.get(own);
    Module.Buffer buffer = owner.buffers.get(own);
    InitRule rule =
        parameter != null ? parameter.constructed() : buffer == null ? null : buffer.constructed();
    return rule(name, rule instanceof InitRule.Computed ? rule : InitRule.UNKNOWN);
  }

  /** The shape of a slot below this module. */
  public Shape shape(String name) {
    Integer slot = find(name);
    if (slot == null) {
      throw new TenonException("No such slot: slot=" + prefix + name);
    }
    return slots.get(slot).shape();
  }

  /** Whether there is a parameter or buffer of this name below this module. */
  public boolean has(String name) {
    return find(name) != null;
  }
}
