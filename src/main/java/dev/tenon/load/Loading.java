package dev.tenon.load;

import dev.tenon.Initializer;
import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.LoadReport;
import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.Phase;
import dev.tenon.engine.Timings;
import dev.tenon.engine.file.ReadAhead;
import dev.tenon.engine.file.SharedFiles;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.Shortage;
import dev.tenon.integrity.DigestCheck;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.place.Placement;
import dev.tenon.trace.ChromeTrace;
import dev.tenon.trace.Millis;
import dev.tenon.trace.Span;
import dev.tenon.trace.Stopwatch;
import dev.tenon.trace.Trace;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From options to a model: plans while libtorch starts, then lets the engine carry the plan out.
 */
public final class Loading {
  private static final double NANOS_PER_MILLI = 1e6;

  private Loading() {}

  public static LoadedModel load(Path given, LoadOptions options) {
    Path path = Adaptation.base(given, options);
    return traced(
        options,
        trace -> {
          ReadAhead ahead = readAhead(path, options);
          Preparation prepared;
          try (ahead) {
            prepared = Preparation.ofCheckpoint(path, options, trace);
          }
          return carryOut(prepared.after(ahead), null, path, options, trace);
        });
  }

  /** Of what shall be in memory whole, and nowhere else, where the plan is a process's first. */
  private static ReadAhead readAhead(Path path, LoadOptions options) {
    boolean wanted =
        Engine.isStarting()
            && options.residency() == Residency.POPULATE
            && options.variant() == null
            && options.device().equals(Device.CPU.toString());
    return wanted ? ReadAhead.of(path) : ReadAhead.none();
  }

  public static LoadedModel load(
      Path path, Checkpoint checkpoint, SharedFiles files, LoadOptions options) {
    return traced(
        options,
        trace ->
            carryOut(
                Preparation.of(checkpoint, path, options, trace), files, path, options, trace));
  }

  public static LoadedModel init(Path config, LoadOptions options) {
    if (!options.adapters().isEmpty()) {
      throw new TenonException(
          "Adapters are merged into weights that are loaded: adapters=" + options.adapters());
    }
    return traced(
        options,
        trace ->
            carryOut(
                Preparation.ofConfig(config, options, trace).drawable(options),
                null,
                config,
                options,
                trace));
  }

  private static LoadedModel traced(LoadOptions options, Function<Trace, LoadedModel> load) {
    Trace trace = Trace.keeping();
    if (options.trace() == null) {
      return explained(trace, load);
    }
    try (ChromeTrace file = ChromeTrace.create(options.trace())) {
      LoadedModel model = explained(trace, load);
      try {
        file.write(trace);
      } catch (Throwable failure) {
        model.loaded().close();
        throw failure;
      }
      return model;
    }
  }

  /** Whatever stops a load, one exception says why. */
  private static LoadedModel explained(Trace trace, Function<Trace, LoadedModel> load) {
    try {
      Engine.warmUp();
      return load.apply(trace);
    } catch (OutOfMemoryError | ServiceConfigurationError | LinkageError e) {
      OutOfMemoryError full = Shortage.in(e);
      if (full == null) {
        throw e;
      }
      throw Shortage.of(full);
    } catch (TenonException e) {
      throw Interruption.or(e);
    }
  }

  private static LoadedModel carryOut(
      Preparation prepared,
      @Nullable SharedFiles files,
      Path path,
      LoadOptions options,
      Trace trace) {
    try (DigestCheck check = check(prepared, options)) {
      return carryOut(prepared, files, path, options, trace, check);
    }
  }

  /** A check beside the load, or null if none is asked for. */
  private static @Nullable DigestCheck check(Preparation prepared, LoadOptions options) {
    Path digest = options.check();
    return digest == null ? null : Integrity.start(prepared.shards(), digest, LoadProgress.NONE);
  }

  private static LoadedModel carryOut(
      Preparation prepared,
      @Nullable SharedFiles files,
      Path path,
      LoadOptions options,
      Trace trace,
      @Nullable DigestCheck check) {
    LoadProgress progress = options.progress();
    LoadListener listener =
        (phase, done, total) -> progress.update(phase.name().toLowerCase(Locale.ROOT), done, total);
    EngineOptions how = engineOptions(prepared.placement(), options, trace);
    Loaded loaded =
        files == null
            ? Engine.load(prepared.plan(), prepared.files(), how, listener)
            : Engine.load(prepared.plan(), files, how, listener);
    try {
      Strictness.check(loaded.plan(), path, options);
      await(check, trace);
      Millis millis = millis(prepared.stopwatch(), loaded.timings());
      ReadBytes ahead = new ReadBytes(0, 0, prepared.readAhead(), 0, 0);
      ReadBytes read = loaded.bytes().plus(ahead);
      Reports.Course course = new Reports.Course(read, trace, millis);
      LoadReport report = Reports.of(loaded, prepared.config(), prepared.placement(), course);
      ModelConfig config = new ModelConfig(prepared.source(), prepared.config());
      if (prepared.adapters().untied()) {
        config.tie(false);
      }
      return new LoadedModel(loaded, report, config, prepared.smallFiles(), options.seed());
    } catch (Throwable failure) {
      loaded.close();
      throw failure;
    }
  }

  @SuppressWarnings("try") // A span works by being closed; nothing refers to it.
  private static void await(@Nullable DigestCheck check, Trace trace) {
    if (check != null) {
      try (Span span = trace.phase("check")) {
        check.await();
      }
    }
  }

  private static EngineOptions engineOptions(
      Placement placement, LoadOptions options, Trace trace) {
    Initializer initializer = options.initializer();
    return EngineOptions.defaults()
        .tracing(trace)
        .placed(placement)
        .drawing(rng(placement, options), options.seed())
        .residing(options.residency())
        .initializing(initializer == null ? null : initializer::initialize);
  }

  private static Rng rng(Placement placement, LoadOptions options) {
    if (options.rng() != null) {
      return options.rng();
    }
    return placement.onHost() && NativeCore.available() ? Rng.PHILOX : Rng.TORCH;
  }

  private static Millis millis(Stopwatch stopwatch, Timings timings) {
    return stopwatch.with(
        millis(timings, Phase.ALLOCATE),
        millis(timings, Phase.READ),
        millis(timings, Phase.INIT),
        millis(timings, Phase.TIE));
  }

  private static double millis(Timings timings, Phase phase) {
    return timings.of(phase).toNanos() / NANOS_PER_MILLI;
  }
}
