package dev.tenon.engine;

import dev.tenon.plan.Device;
import dev.tenon.plan.StoredNames;
import dev.tenon.skeleton.Skeleton;

/** Chooses who writes missing slots. */
final class InitEngines {
  private InitEngines() {}

  static InitEngine of(EngineOptions options, LazyCore core, Skeleton skeleton) {
    return switch (options.rng()) {
      case TORCH -> new TorchInit(options.device(), options.seed(), options.trace());
      case PHILOX -> {
        StoredNames names = new StoredNames(skeleton);
        InitEngine philox = new PhiloxInit(core, names, options.seed(), options.trace());
        yield options.device().kind() == Device.Kind.CPU ? philox : new ViaCpu(philox);
      }
    };
  }
}
