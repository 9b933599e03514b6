package dev.tenon.engine;

import dev.tenon.Rng;
import dev.tenon.TenonException;
import dev.tenon.engine.init.InitEngine;
import dev.tenon.engine.init.InitEngines;
import dev.tenon.engine.init.InitTask;
import dev.tenon.engine.init.UserInitializer;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.plan.InitialValues;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Writes the slots whose bit is clear: a user's initialiser is asked first, then the skeleton's
 * rules run in their order. Neither is ever handed another slot.
 */
final class Missing {
  private static final String USER = "user";

  private final LoadPlan plan;
  private final Tensor[] tensors;
  private final Initialized initialized;
  private final List<Lane> lanes;
  private final LoadListener listener;
  private final LazyCore core;

  /** What wrote each slot, null where nothing here did. */
  private final @Nullable InitRule[] rules;

  Missing(SlotStates slots, List<Lane> lanes, LazyCore core, LoadListener listener) {
    this.plan = slots.plan();
    this.tensors = slots.tensors();
    this.initialized = slots.initialized();
    this.lanes = lanes;
    this.core = core;
    this.listener = listener;
    this.rules = new InitRule[tensors.length];
  }

  /**
   * Writes them all.
   *
   * @param user asked first, if there is one
   */
  void initialize(@Nullable UserInitializer user) {
    if (user != null) {
      askUser(user);
    }
    List<List<InitTask>> tasks = new ArrayList<>(lanes.size());
    long all = 0;
    for (Lane lane : lanes) {
      List<InitTask> here = tasks(lane);
      tasks.add(here);
      for (InitTask task : here) {
        all += task.bytes();
      }
    }
    long total = all;
    long[] done = {0};
    LongConsumer written =
        bytes -> {
          done[0] += bytes;
          listener.progress(Phase.INIT, done[0], total);
        };
    for (int i = 0; i < lanes.size(); i++) {
      if (!lanes.get(i).isMeta()) {
        run(lanes.get(i), tasks.get(i), written);
      }
    }
    for (int i = 0; i < rules.length; i++) {
      if (rules[i] != null) {
        initialized.set(i);
      }
    }
  }

  /** What is to be written on a device, in the skeleton's order. */
  private List<InitTask> tasks(Lane lane) {
    List<InitTask> tasks = new ArrayList<>();
    List<Slot> slots = plan.skeleton().slots();
    for (InitStep step : plan.skeleton().steps()) {
      int slot = step.slot();
      boolean clear = initialized.isClear(slot);
      if (lane.has(slot) && (clear || counts(step, lane))) {
        if (clear && !step.rule().known()) {
          throw InitialValues.unknown("", slots.get(slot), step.rule());
        }
        DType dtype = plan.steps().get(slot).dtype();
        Tensor tensor = clear ? tensors[slot] : null;
        if (clear && step.rule() instanceof InitRule.Unknown) {
          throw new TenonException(
              "No file holds a slot, and what it gets instead is not known: slot=%s, class=%s."
                      .formatted(slots.get(slot).name(), plan.skeleton().className())
                  + " Describe the model with export_skeleton.py, or write the slot with an"
                  + " initializer.");
        }
        tasks.add(new InitTask(slots.get(slot), step.rule(), dtype, tensor));
        if (clear && !(step.rule() instanceof InitRule.Part)) {
          rules[slot] = step.rule();
        }
      }
    }
    return needed(tasks);
  }

  /** Whether a step draws numbers even for a slot that is loaded. */
  private static boolean counts(InitStep step, Lane lane) {
    return step.always() && lane.options().rng() == Rng.TORCH;
  }

  /** Without the numbers that nobody draws after: they need not be used up. */
  private static List<InitTask> needed(List<InitTask> tasks) {
    int last = tasks.size() - 1;
    while (last >= 0 && (tasks.get(last).tensor() == null || !tasks.get(last).rule().random())) {
      last--;
    }
    List<InitTask> needed = new ArrayList<>(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      if (i < last || tasks.get(i).tensor() != null) {
        needed.add(tasks.get(i));
      }
    }
    return needed;
  }

  private void run(Lane lane, List<InitTask> tasks, LongConsumer written) {
    EngineOptions here = lane.options();
    try (InitEngine engine =
        InitEngines.of(
            here.rng(), here.seed(), here.device(), core, plan.skeleton(), here.trace())) {
      engine.fill(tasks, written);
    }
  }

  private void askUser(UserInitializer user) {
    for (int i = 0; i < tensors.length; i++) {
      Slot slot = plan.steps().get(i).slot();
      if (initialized.isClear(i) && slot.persistent()) {
        Interruption.check();
        if (ask(user, slot, tensors[i])) {
          initialized.set(i);
        }
      }
    }
  }

  private static boolean ask(UserInitializer user, Slot slot, Tensor tensor) {
    Pointer memory = tensor.data_ptr(); // Null if there are no elements.
    var dtype = tensor.scalar_type().intern();
    long bytes = tensor.nbytes();
    boolean written;
    try {
      written = user.initialize(slot, tensor);
    } catch (RuntimeException e) {
      throw TorchErrors.of("The initialiser failed", "slot=" + slot.name(), e);
    }
    boolean same =
        !tensor.isNull()
            && Objects.equals(memory, tensor.data_ptr())
            && dtype == tensor.scalar_type().intern()
            && bytes == tensor.nbytes();
    if (!same) {
      throw new TenonException(
          "An initialiser may write a tensor's values, not change what it is: slot=" + slot.name());
    }
    return written;
  }

  /** How every slot got its bytes, once all have them. */
  SlotOrigin[] origins() {
    SlotOrigin[] origins = PlannedOrigins.of(plan).toArray(new SlotOrigin[0]);
    for (int i = 0; i < origins.length; i++) {
      if (plan.steps().get(i) instanceof Step.Initialize && rules[i] == null) {
        origins[i] = new SlotOrigin(SlotOrigin.Kind.INITIALIZED, USER);
      }
    }
    return origins;
  }
}
