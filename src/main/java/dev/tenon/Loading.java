package dev.tenon;

import dev.tenon.engine.Device;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.Phase;
import dev.tenon.engine.Timings;
import dev.tenon.nativecore.NativeCore;
import java.nio.file.Path;
import java.util.Locale;

/**
 * From options to a model: plans while libtorch starts, then lets the engine carry the plan out.
 */
final class Loading {
  private static final double NANOS_PER_MILLI = 1e6;

  private Loading() {}

  static Model load(Path path, LoadOptions options) {
    Engine.warmUp();
    return carryOut(Preparation.ofCheckpoint(path, options), path, options);
  }

  static Model init(Path config, LoadOptions options) {
    Engine.warmUp();
    return carryOut(Preparation.ofConfig(config, options), config, options);
  }

  private static Model carryOut(Preparation prepared, Path path, LoadOptions options) {
    LoadProgress progress = options.progress();
    Loaded loaded =
        Engine.load(
            prepared.plan(),
            prepared.shards(),
            engineOptions(options),
            (phase, done, total) ->
                progress.update(phase.name().toLowerCase(Locale.ROOT), done, total));
    try {
      Strictness.check(loaded.plan(), path, options);
      Millis millis = millis(prepared.stopwatch(), loaded.timings());
      LoadReport report = Reports.of(loaded, options, millis);
      return new Model(loaded, report, new TieFlag(prepared.source(), prepared.config()));
    } catch (Throwable failure) {
      loaded.close();
      throw failure;
    }
  }

  private static EngineOptions engineOptions(LoadOptions options) {
    Initializer initializer = options.initializer();
    return EngineOptions.defaults()
        .on(Device.parse(options.device()))
        .drawing(dev.tenon.engine.Rng.valueOf(rng(options).name()), options.seed())
        .residing(dev.tenon.engine.Residency.valueOf(options.residency().name()))
        .initializing(initializer == null ? null : initializer::initialize);
  }

  private static Rng rng(LoadOptions options) {
    if (options.rng() != null) {
      return options.rng();
    }
    return options.device().equals("cpu") && NativeCore.available() ? Rng.PHILOX : Rng.TORCH;
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
