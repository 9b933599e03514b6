package dev.tenon.engine;

/** Chooses who writes missing slots. */
final class InitEngines {
  private InitEngines() {}

  static InitEngine of(EngineOptions options, LazyCore core) {
    return switch (options.rng()) {
      case TORCH -> new TorchInit(options.device(), options.seed());
      case PHILOX -> new PhiloxInit(core, options.device(), options.seed());
    };
  }
}
