package dev.tenon.engine.init;

import dev.tenon.Rng;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.save.StoredNames;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.trace.Trace;

/** Chooses who writes missing slots. */
public final class InitEngines {
  private InitEngines() {}

  /**
   * Who writes the slots of a device.
   *
   * @param rng whose random numbers they get
   * @param seed of these
   */
  public static InitEngine of(
      Rng rng, long seed, Device device, LazyCore core, Skeleton skeleton, Trace trace) {
    return switch (rng) {
      case TORCH -> new TorchInit(device, seed, trace);
      case PHILOX -> {
        StoredNames names = new StoredNames(skeleton);
        InitEngine philox = new PhiloxInit(core, names, seed, trace);
        yield device.kind() == Device.Kind.CPU ? philox : new ViaCpu(philox);
      }
    };
  }
}
