package dev.tenon.engine;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Residency;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.FaultLibrary.Fault;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A process in which each call that a load makes of the system fails in turn: it ends with status 0
 * if each gave the right model or one clear exception, left nothing behind, and the next load was
 * right. Arguments: the directory with the models, whether all calls after the first that fails do
 * so too, and of how many calls of a kind in a load each one fails; of more, some.
 */
final class InjectedFaults {
  private static final String WITHOUT_CORE = " without core";

  /** Calls of a kind that each fail, before those of which some do. */
  private static final int FIRST = 3;

  private static final DType[] DTYPES = {DType.F32, DType.BF16};

  private final FaultLibrary library = FaultLibrary.ofThisProcess();
  private final Path files;
  private final boolean lasts;
  private final int most;
  private final Map<Fault, long[]> outcomes = new EnumMap<>(Fault.class);

  private InjectedFaults(Path files, boolean lasts, int most) throws IOException {
    this.files = files;
    this.lasts = lasts;
    this.most = most;
  }

  public static void main(String[] args) throws IOException {
    InjectedFaults test =
        new InjectedFaults(
            Path.of(args[0]), Boolean.parseBoolean(args[1]), Integer.parseInt(args[2]));
    Map<String, Supplier<List<String>>> loads = test.loads();
    for (Map.Entry<String, Supplier<List<String>>> load : loads.entrySet()) {
      test.run(load.getKey(), load.getValue());
    }
    StringBuilder said = new StringBuilder("loads=" + loads.size() + ", refused of injected:");
    test.outcomes.forEach(
        (fault, counts) -> said.append(" %s=%d/%d".formatted(fault, counts[1], counts[0])));
    System.out.println(said);
  }

  private Map<String, Supplier<List<String>>> loads() throws IOException {
    Map<String, Supplier<List<String>>> loads = new TreeMap<>();
    try (var models = Files.list(files)) {
      int turn = 0;
      for (Path model : models.filter(Files::isDirectory).sorted().toList()) {
        turn++; // So that each model and each residency has both dtypes.
        for (dev.tenon.Residency residency : dev.tenon.Residency.values()) {
          DType dtype = DTYPES[turn++ % DTYPES.length];
          String name = model.getFileName() + " " + dtype + " " + residency;
          loads.put(name, () -> load(model, dtype, residency));
          loads.put(
              name + WITHOUT_CORE,
              () -> loadWithoutCore(model, dtype, Residency.valueOf(residency.name())));
        }
      }
    }
    return loads;
  }

  private void run(String name, Supplier<List<String>> load) throws IOException {
    List<String> right = load.get();
    for (Fault fault : Fault.values()) {
      library.arm(fault, 0, false);
      requireRight(load.get(), right, "the load after the faults before " + fault);
      long calls = library.disarm();
      for (long victim = 1; victim <= calls; victim += step(victim, calls)) {
        run(name + ", " + fault + " at " + victim + " of " + calls, fault, victim, load, right);
      }
    }
    requireRight(load.get(), right, "the load after all faults of " + name);
  }

  /** From one victim to the next: each of the first ones, then so many as make {@link #most}. */
  private long step(long victim, long calls) {
    return victim < FIRST || calls <= most ? 1 : Math.max(1, (calls - FIRST) / (most - FIRST));
  }

  private void run(
      String name, Fault fault, long victim, Supplier<List<String>> load, List<String> right)
      throws IOException {
    Resources before = Resources.now(files);
    long[] counts = outcomes.computeIfAbsent(fault, key -> new long[2]);
    library.arm(fault, victim, lasts);
    try {
      List<String> got = load.get();
      library.disarm();
      requireRight(got, right, name);
    } catch (TenonException e) {
      library.disarm();
      requireClear(e, name);
      counts[1] += library.failed() > 0 ? 1 : 0;
    } catch (Throwable e) {
      library.disarm();
      throw new AssertionError(name, e);
    }
    counts[0] += library.failed() > 0 ? 1 : 0;
    boolean ofLibtorch = fault == Fault.MAP || fault == Fault.CLOSE;
    if (!ofLibtorch || !name.contains(WITHOUT_CORE)) {
      // libtorch, which maps where there is no core, forgets what it has open when that fails.
      Resources.now(files).requireNoMoreThan(before, name);
    }
  }

  private static void requireRight(List<String> got, List<String> right, String what) {
    if (!got.equals(right)) {
      throw new AssertionError("Not what was loaded before: " + what);
    }
  }

  private void requireClear(TenonException e, String what) throws IOException {
    String message = e.getMessage();
    if (message.contains("\n") || !message.matches("[A-Z].*: .*=.*")) {
      throw new AssertionError("Not one clear line after " + what, e);
    }
    try (var left = Files.walk(files)) {
      if (left.anyMatch(file -> file.toString().contains("trace"))) {
        throw new AssertionError("A file that is not whole after " + what, e);
      }
    }
  }

  private List<String> load(Path model, DType dtype, dev.tenon.Residency residency) {
    Path trace = files.resolve("trace.json");
    LoadOptions options =
        LoadOptions.builder().dtype(dtype).residency(residency).trace(trace).build();
    List<String> digests = new ArrayList<>();
    try (Model loaded = Tenon.load(model, options)) {
      loaded.names().forEach(name -> digests.add(Bytes.crc32(loaded.tensor(name))));
      Files.delete(trace);
    } catch (IOException e) {
      throw new AssertionError("No trace", e);
    }
    return digests;
  }

  private static List<String> loadWithoutCore(Path model, DType dtype, Residency residency) {
    Checkpoint checkpoint = Checkpoint.open(model, null);
    Config config = Config.read(checkpoint.config());
    LoadPlan plan =
        Planner.plan(
            checkpoint, Families.skeleton(null, config), config, new PlanOptions(dtype, false));
    EngineOptions options = EngineOptions.defaults().residing(residency);
    List<String> digests = new ArrayList<>();
    try (Loaded loaded =
        Engine.load(plan, checkpoint.shards(), options, LoadListener.NONE, LazyCore.none())) {
      for (int i = 0; i < plan.steps().size(); i++) {
        digests.add(Bytes.crc32(loaded.tensor(i)));
      }
    }
    return digests;
  }
}
