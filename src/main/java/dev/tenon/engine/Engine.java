package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.file.SharedFiles;
import dev.tenon.engine.start.TorchRuntime;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Shortage;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.nativecore.UnmappableFile;
import dev.tenon.plan.LoadPlan;
import java.util.ArrayList;
import java.util.List;

/** Turns a plan into tensors. Stateless: any number of loads may run at once. */
public final class Engine {
  private Engine() {}

  /**
   * Begins, on another thread, what comes before libtorch: the native core and JavaCPP. For a
   * process that loads and computes nothing.
   */
  public static void startQuickly() {
    TorchRuntime.startQuickly();
  }

  /** Starts loading libtorch on another thread, so that it is there when a plan is made. */
  public static void warmUp() {
    TorchRuntime.warmUp();
  }

  /** Whether this process's first load is yet to come to its tensors: libtorch is not there. */
  public static boolean isStarting() {
    return !TorchRuntime.isOver();
  }

  /** Waits for libtorch if it is being loaded, whatever comes of it. */
  public static void finishStartUp() {
    TorchRuntime.finish();
  }

  /**
   * Carries a plan out. Waits for libtorch once there is nothing left that needs none.
   *
   * @param plan what to do
   * @param shards the files the plan was made from, so that one that changed since is noticed;
   *     empty for a plan that reads none
   * @param options how to do it
   * @param listener told how far it is
   * @return the model's tensors, which the caller closes
   * @throws TenonException if libtorch does not load, a file changed or cannot be read, memory is
   *     short, a slot gets no value, or the thread is interrupted; everything taken is freed by
   *     then
   */
  public static Loaded load(
      LoadPlan plan, List<Shard> shards, EngineOptions options, LoadListener listener) {
    TorchRuntime.warmUp();
    return load(plan, shards, options, listener, LazyCore.of(options.threads()));
  }

  /**
   * Carries a plan out over files that other loads have open too.
   *
   * @param plan what to do, made from the headers of these files
   * @see #load(LoadPlan, List, EngineOptions, LoadListener)
   */
  public static Loaded load(
      LoadPlan plan, SharedFiles files, EngineOptions options, LoadListener listener) {
    TorchRuntime.warmUp();
    LazyCore core = LazyCore.of(options.threads());
    return run(plan, files.shards(), files.files(), options, listener, core);
  }

  public static Loaded load(
      LoadPlan plan,
      List<Shard> shards,
      EngineOptions options,
      LoadListener listener,
      LazyCore core) {
    try (ShardFiles files = new ShardFiles(shards, core.available())) {
      return run(plan, shards, files, options, listener, core);
    }
  }

  /** Where files cannot be mapped they are read, and a warning says so. */
  private static Loaded run(
      LoadPlan wanted,
      List<Shard> shards,
      ShardFiles files,
      EngineOptions options,
      LoadListener listener,
      LazyCore core) {
    String intruder = TorchRuntime.warning();
    LoadPlan plan = intruder == null ? wanted : warning(wanted, intruder);
    try {
      return run(new LoadRun(plan, shards, files, options, listener, core));
    } catch (UnmappableFile e) {
      if (options.residency() == Residency.COPY) {
        throw e; // What goes to the disk can only be mapped.
      }
      String read = "Files are read and not mapped, as --residency copy has it: " + e.getMessage();
      EngineOptions reading = options.residing(Residency.COPY);
      LazyCore fresh = core.available() ? LazyCore.of(options.threads()) : LazyCore.none();
      return run(new LoadRun(warning(plan, read), shards, files, reading, listener, fresh));
    }
  }

  private static LoadPlan warning(LoadPlan plan, String of) {
    List<String> warnings = new ArrayList<>(plan.warnings());
    warnings.add(of);
    return plan.warning(warnings);
  }

  private static Loaded run(LoadRun load) {
    try (LoadRun run = load) {
      return run.load();
    } catch (OutOfMemoryError e) {
      throw Shortage.of(e);
    } catch (RuntimeException e) {
      throw TorchErrors.isOne(e)
          ? TorchErrors.of("Loading failed", "class=" + load.className(), e)
          : e;
    }
  }
}
