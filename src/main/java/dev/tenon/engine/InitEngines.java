package dev.tenon.engine;

import dev.tenon.plan.StoredNames;
import dev.tenon.skeleton.Skeleton;

/** Chooses who writes missing slots. */
final class InitEngines {
  private InitEngines() {}

  static InitEngine of(EngineOptions options, LazyCore core, Skeleton skeleton) {
    return switch (options.rng()) {
      case TORCH -> new TorchInit(options.device(), options.seed());
      case PHILOX -> {
        InitEngine philox = new PhiloxInit(core, new StoredNames(skeleton), options.seed());
        yield options.device().kind() == Device.Kind.CPU ? philox : new ViaCpu(philox);
      }
    };
  }
}
