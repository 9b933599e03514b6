package dev.tenon.engine;

import dev.tenon.TenonException;

/** Chooses who writes missing slots. */
final class InitEngines {
  private InitEngines() {}

  static InitEngine of(EngineOptions options) {
    return switch (options.rng()) {
      case TORCH -> new TorchInit(options.device(), options.seed());
      case PHILOX ->
          throw new TenonException("This build has no native core: rng=philox, remedy=--rng torch");
    };
  }
}
