package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.engine.init.UserInitializer;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.place.Placement;
import dev.tenon.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * How a plan is carried out.
 *
 * @param device where tensors go that {@code placement} says nothing of
 * @param placement where each slot goes, or null for all on {@code device}
 * @param rng whose random numbers missing slots get
 * @param seed of those numbers
 * @param residency where loaded bytes live on the CPU; other devices have their own memory anyway
 * @param initializer asked for each missing slot before the library's rules, or null
 * @param threads how many threads read and convert, at least 1
 * @param trace told what takes how long
 */
public record EngineOptions(
    Device device,
    @Nullable Placement placement,
    Rng rng,
    long seed,
    Residency residency,
    @Nullable UserInitializer initializer,
    int threads,
    Trace trace) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there is no thread to read with
   */
  public EngineOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("At least one thread must read: threads=" + threads);
    }
  }

  /** On the CPU, mapped, torch's numbers of seed 0, a thread a core. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        Device.CPU,
        null,
        Rng.TORCH,
        0,
        Residency.MMAP,
        null,
        Runtime.getRuntime().availableProcessors(),
        Trace.OFF);
  }

  /** These with each slot where a placement puts it. */
  public EngineOptions placed(Placement other) {
    return new EngineOptions(device, other, rng, seed, residency, initializer, threads, trace);
  }

  /** These with all on another device. */
  public EngineOptions on(Device other) {
    return new EngineOptions(other, null, rng, seed, residency, initializer, threads, trace);
  }

  /** These with another residency. */
  public EngineOptions residing(Residency other) {
    return new EngineOptions(device, placement, rng, seed, other, initializer, threads, trace);
  }

  /** These with other random numbers. */
  public EngineOptions drawing(Rng other, long otherSeed) {
    return new EngineOptions(
        device, placement, other, otherSeed, residency, initializer, threads, trace);
  }

  /** These with a trace. */
  public EngineOptions tracing(Trace other) {
    return new EngineOptions(device, placement, rng, seed, residency, initializer, threads, other);
  }

  /** These with a user's initialiser. */
  public EngineOptions initializing(@Nullable UserInitializer other) {
    return new EngineOptions(device, placement, rng, seed, residency, other, threads, trace);
  }
}
