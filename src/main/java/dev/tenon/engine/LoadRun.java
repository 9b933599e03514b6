package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.engine.bytes.Changes;
import dev.tenon.engine.bytes.Reader;
import dev.tenon.engine.bytes.TieBytes;
import dev.tenon.engine.file.MappedFiles;
import dev.tenon.engine.file.NativePopulation;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.start.TorchRuntime;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.lang.Lists;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.Step;
import dev.tenon.plan.place.Device;
import dev.tenon.trace.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/** One load, from its plan to its tensors. Closing it frees whatever was not handed out. */
final class LoadRun implements AutoCloseable {
  private final EngineOptions options;
  private final LoadListener listener;
  private final ShardFiles files;
  private final MappedFiles mapped;
  private final Tensors onCpu = new Tensors(Device.CPU);
  private final LazyCore core;
  private final List<Lane> lanes;
  private final Timings timings;
  private final Initialized initialized;
  private final Tensor[] tensors;
  private LoadPlan plan;
  private ReadBytes bytes = ReadBytes.NONE;
  private boolean handedOut;

  /** Takes the native core over and closes it in the end, but not the files. */
  LoadRun(
      LoadPlan wanted,
      List<Shard> shards,
      ShardFiles files,
      EngineOptions options,
      LoadListener listener,
      LazyCore core) {
    this.options = options;
    this.listener = new CheckedListener(listener);
    this.timings = new Timings(options.trace());
    this.files = files;
    this.mapped = new MappedFiles(shards);
    this.core = core;
    this.lanes = Lane.of(wanted, options, files, onCpu, core);
    this.plan = wanted;
    this.initialized = new Initialized(plan.skeleton().slots());
    this.tensors = new Tensor[plan.steps().size()];
  }

  String className() {
    return plan.skeleton().className();
  }

  Loaded load() {
    files.verifyUnchanged();
    long readAhead = populate();
    requireLibtorch();
    timings.skip("libtorch");
    for (Lane lane : lanes) {
      TorchTypes.requireDevice(lane.options().device());
    }
    reading(this::decideTies);
    for (int i = 0; i < tensors.length; i++) {
      if (plan.steps().get(i) instanceof Step.Tied) {
        initialized.set(i);
      }
    }
    for (Lane lane : lanes) {
      lane.allocate(plan.steps(), tensors);
    }
    timings.end(Phase.ALLOCATE);
    reading(this::read);
    reading(this::change);
    bytes = bytes.plus(new ReadBytes(0, 0, readAhead, 0, 0));
    timings.end(Phase.READ);
    SlotStates slots = new SlotStates(plan, tensors, initialized);
    Missing missing = new Missing(slots, lanes, core, listener);
    missing.initialize(options.initializer());
    timings.end(Phase.INIT);
    tie();
    initialized.verifyAll();
    Bindings.verify(plan.skeleton(), plan.ties(), tensors);
    timings.end(Phase.TIE);
    handedOut = true;
    return new Loaded(plan, tensors, missing.origins(), timings, bytes, mapped);
  }

  private static void requireLibtorch() {
    try {
      TorchRuntime.require();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Interruption.check();
    }
  }

  /** What goes wrong because a file changed meanwhile says so. */
  private void reading(Runnable work) {
    try {
      work.run();
    } catch (TenonException failure) {
      throw files.explain(failure);
    }
  }

  /**
   * Brings in the pages of what will be mapped. Needs no libtorch, so that it may run while that
   * loads.
   *
   * @return bytes that were not in memory
   */
  private long populate() {
    if (!core.available()) {
      return 0;
    }
    NativePopulation population = new NativePopulation(populated(), files, core, options.trace());
    long total = population.bytes();
    if (total > 0) {
      long[] done = {0};
      reading(
          () -> population.run(bytes -> listener.progress(Phase.READ, done[0] += bytes, total)));
      timings.end(Phase.READ);
    }
    return population.readAhead();
  }

  /** What will be mapped with all its pages in. */
  private List<Step.Read> populated() {
    List<Step.Read> reads = new ArrayList<>();
    for (Lane lane : lanes) {
      for (int i = 0; i < plan.steps().size(); i++) {
        if (plan.steps().get(i) instanceof Step.Read read && lane.populates(i, read)) {
          reads.add(read);
        }
      }
    }
    return reads;
  }

  /** Without bytes, on the meta device, declared ties are taken at their word. */
  private void decideTies() {
    Reader onCpuAlone = new Reader(files, onCpu, Device.CPU, Residency.COPY);
    TieBytes bytes = new TieBytes(files, onCpuAlone, onCpu, core, options.threads());
    List<Step> steps = plan.steps();
    plan =
        plan.resolve(
            tie ->
                lane(tie.owner()).isMeta()
                    || bytes.equal(steps.get(tie.target()), steps.get(tie.owner())));
  }

  private Lane lane(int slot) {
    int at = 0;
    while (!lanes.get(at).has(slot)) {
      at++;
    }
    return lanes.get(at);
  }

  private void read() {
    bytes = ReadPhase.run(lanes, plan.steps(), tensors, files, core, listener);
    for (int i = 0; i < tensors.length; i++) {
      Step step = plan.steps().get(i);
      if (step instanceof Step.Read || step instanceof Step.Assemble) {
        initialized.set(i);
      }
      if (step instanceof Step.Read read && lane(i).maps(i, step)) {
        mapped.add(tensors[i], read.entry().file());
      }
    }
  }

  /** Adds what adapters add to slots whose bytes are there. */
  @SuppressWarnings("try") // A span works by being closed; nothing refers to it.
  private void change() {
    Map<Integer, List<LowRank>> bySlot = new TreeMap<>();
    for (LowRank change : plan.changes()) {
      Lists.add(bySlot, change.slot(), change);
    }
    Reader reader = new Reader(files, onCpu, Device.CPU, Residency.COPY);
    for (Map.Entry<Integer, List<LowRank>> changes : bySlot.entrySet()) {
      int slot = changes.getKey();
      Step step = plan.steps().get(slot);
      if (lane(slot).isMeta() || step.bytes() == 0) {
        continue;
      }
      try (Span span = options.trace().slots(step.slot().name(), 1, step.bytes())) {
        Changes.apply(reader, tensors[slot], changes.getValue());
      } catch (IOException e) {
        String facts = "tensor=" + step.slot().name();
        throw TorchErrors.of("An adapter cannot be read", facts, e);
      }
    }
    if (!bySlot.isEmpty()) {
      files.verifyUnchanged();
    }
  }

  private void tie() {
    for (int i = 0; i < tensors.length; i++) {
      Step step = plan.steps().get(i);
      if (step instanceof Step.Tied tied) {
        tensors[i] = tensors[tied.owner()];
      } else if (step.slot().trainable() && step.dtype().isFloatingPoint()) {
        tensors[i].set_requires_grad(true);
      }
    }
  }

  @Override
  public void close() {
    if (!handedOut) {
      Bindings.free(tensors, new Tensor[0]);
    }
    onCpu.close();
    for (Lane lane : lanes) {
      lane.close();
    }
    core.close();
  }
}
