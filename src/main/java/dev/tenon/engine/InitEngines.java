package dev.tenon.engine;

/** Chooses who writes missing slots. */
final class InitEngines {
  private InitEngines() {}

  static InitEngine of(EngineOptions options, LazyCore core) {
    return switch (options.rng()) {
      case TORCH -> new TorchInit(options.device(), options.seed());
      case PHILOX -> {
        InitEngine philox = new PhiloxInit(core, options.seed());
        yield options.device().kind() == Device.Kind.CPU ? philox : new ViaCpu(philox);
      }
    };
  }
}
