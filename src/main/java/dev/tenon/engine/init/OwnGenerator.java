package dev.tenon.engine.init;

import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.place.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A generator nobody else draws from, so that loads may run side by side. Made at its first use:
 * most loads compute a buffer or two and draw nothing. For one thread.
 */
final class OwnGenerator implements AutoCloseable {
  private final Device device;
  private final long seed;
  private @Nullable Generator generator;
  private @Nullable GeneratorOptional argument;

  OwnGenerator(Device device, long seed) {
    this.device = device;
    this.seed = seed;
  }

  /** The generator as an argument. */
  GeneratorOptional get() {
    GeneratorOptional made = argument;
    if (made == null) {
      Generator own = Tensors.kept(seeded());
      generator = own;
      made = Tensors.kept(new GeneratorOptional(own));
      argument = made;
    }
    return made;
  }

  private Generator seeded() {
    if (device.kind() != Device.Kind.CUDA) {
      return torch.make_generator_cpu(seed);
    }
    try (org.bytedeco.pytorch.Device where = TorchTypes.device(device)) {
      Generator own = torch.globalContext().defaultGenerator(where).clone();
      own.set_current_seed(seed);
      return own;
    }
  }

  @Override
  public void close() {
    if (argument != null) {
      argument.deallocate();
    }
    if (generator != null) {
      generator.deallocate();
    }
  }
}
