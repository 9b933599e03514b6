package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.Quantised;
import dev.tenon.adapter.Adapters;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import dev.tenon.engine.file.ReadAhead;
import dev.tenon.plan.InitialValues;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.place.DeviceRequest;
import dev.tenon.plan.place.Gpus;
import dev.tenon.plan.place.Placement;
import dev.tenon.plan.place.Placer;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.gguf.GgufModel;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.tensor.DType;
import dev.tenon.trace.Stopwatch;
import dev.tenon.trace.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All of a load that needs no libtorch: config, headers, plan, and how long each took.
 *
 * @param config what the model is
 * @param source where its skeleton came from
 * @param smallFiles what stands beside the weights and is not read again
 * @param shards the model's files
 * @param plan what to do
 * @param placement where each slot goes
 * @param stopwatch durations of the phases so far
 * @param readAhead bytes of the files that were read beside it
 * @param adapters what was merged into the plan
 */
public record Preparation(
    Config config,
    SkeletonSource source,
    SmallFiles smallFiles,
    List<Shard> shards,
    LoadPlan plan,
    Placement placement,
    Stopwatch stopwatch,
    long readAhead,
    Adapters.Merged adapters) {

  /** All files the plan reads: the model's, then those of adapters. */
  List<Shard> files() {
    List<Shard> files = new ArrayList<>(shards);
    files.addAll(adapters.shards());
    return files;
  }

  /** This, after what was read ahead beside it and has ended. */
  Preparation after(ReadAhead ahead) {
    return new Preparation(
        config, source, smallFiles, shards, plan, placement, stopwatch, ahead.bytes(), adapters);
  }

  /** Of a checkpoint. */
  public static Preparation ofCheckpoint(Path path, LoadOptions options, Trace trace) {
    Stopwatch stopwatch = new Stopwatch(trace);
    Checkpoint checkpoint = Checkpoint.open(Adaptation.base(path, options), options.variant());
    stopwatch.end(Stopwatch.Phase.HEADERS);
    return of(checkpoint, path, options, stopwatch);
  }

  /** Of a checkpoint whose headers have been read before. */
  static Preparation of(Checkpoint checkpoint, Path path, LoadOptions options, Trace trace) {
    return of(checkpoint, path, options, new Stopwatch(trace));
  }

  private static Preparation of(
      Checkpoint checkpoint, Path path, LoadOptions options, Stopwatch stopwatch) {
    PlanOptions asked =
        new PlanOptions(
            options.dtype(),
            options.ignoreMismatched(),
            options.keyMapping(),
            options.quantised() == Quantised.KEEP);
    GgufModel gguf = GgufModel.of(checkpoint);
    Path file = checkpoint.config();
    Config whole =
        gguf != null
            ? Config.parse(checkpoint.gguf().get(0).file().toString(), gguf.config())
            : file == null ? Config.defaults() : Config.read(file);
    SkeletonSource source =
        new SkeletonSource(options, checkpoint.directory(), true).decided(whole, checkpoint, asked);
    Quantisation said = Quantisations.of(checkpoint.directory(), whole);
    Config config = source.own(whole);
    boolean asItIs = gguf != null && asked.keepPacked();
    Skeleton skeleton = asItIs ? null : source.find(config);
    stopwatch.end(Stopwatch.Phase.CONFIG);
    LoadPlan base =
        skeleton == null
            ? Planner.plan(checkpoint, said, asked)
            : Planner.plan(checkpoint, skeleton, config, said, asked);
    Adapters.Merged adapters = Adaptation.merge(base, checkpoint.directory(), options);
    LoadPlan plan = adapters.plan().warningFirst(source.warnings());
    plan = gguf == null ? plan : plan.warningFirst(gguf.warnings());
    if (skeleton != null && source.described(config)) {
      Contradictions.check(plan, path, options);
      plan = plan.warningFirst(source.warnings(config));
    }
    Strictness.check(plan, path, options);
    requireInitialValues(plan, config, options);
    Placement placement = place(plan, options);
    stopwatch.end(Stopwatch.Phase.PLAN);
    List<Shard> packed = plan.packed().isEmpty() ? List.of() : checkpoint.shards();
    SmallFiles smallFiles =
        SmallFiles.of(checkpoint.directory(), file != null || gguf != null, packed);
    return new Preparation(
        config, source, smallFiles, checkpoint.shards(), plan, placement, stopwatch, 0, adapters);
  }

  /** A caller's initialiser may know better; the engine sees to what it leaves. */
  private static void requireInitialValues(LoadPlan plan, Config config, LoadOptions options) {
    if (options.initializer() == null) {
      InitialValues.require(plan, config);
    }
  }

  /** This, of which every initial value is known. */
  Preparation drawable(LoadOptions options) {
    requireInitialValues(plan, config, options);
    return this;
  }

  /** Of a config alone: everything is to be initialised. */
  public static Preparation ofConfig(Path path, LoadOptions options, Trace trace) {
    Stopwatch stopwatch = new Stopwatch(trace);
    Config whole = Config.read(path);
    SkeletonSource source = new SkeletonSource(options, directory(path)).decided(whole);
    Config config = source.own(whole);
    Skeleton skeleton = source.require(config);
    stopwatch.end(Stopwatch.Phase.CONFIG);
    LoadPlan plan = Planner.initialize(skeleton, dtype(config, options));
    plan = plan.warningFirst(source.warnings());
    Placement placement = place(plan, options);
    stopwatch.end(Stopwatch.Phase.PLAN);
    SmallFiles smallFiles = SmallFiles.of(directory(path), true, List.of());
    Adapters.Merged none = new Adapters.Merged(plan, List.of(), false);
    return new Preparation(
        config, source, smallFiles, List.of(), plan, placement, stopwatch, 0, none);
  }

  /** A strategy that is told of no devices has those of this machine. */
  private static Placement place(LoadPlan plan, LoadOptions options) {
    DeviceRequest request = DeviceRequest.parse(options.device());
    Map<Device, Long> budgets = options.maxMemory();
    if (request.strategy() != null && budgets.isEmpty()) {
      budgets = new HashMap<>(Gpus.budgets());
      budgets.put(Device.CPU, Long.MAX_VALUE);
    }
    return Placer.place(plan, request, budgets);
  }

  private static Path directory(Path config) {
    return Files.isDirectory(config) ? config : config.resolveSibling("");
  }

  private static DType dtype(Config config, LoadOptions options) {
    DType asked = options.dtype() != null ? options.dtype() : config.dtype();
    return asked == null ? DType.F32 : asked;
  }
}
