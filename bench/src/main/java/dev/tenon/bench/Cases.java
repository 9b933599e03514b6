package dev.tenon.bench;

import dev.tenon.LoadOptions;
import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.Tenon;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.engine.Loaded;
import dev.tenon.nativecore.Distribution;
import dev.tenon.nativecore.FillBatch;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.tensor.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The cases {@code compare} sets beside the reference: {@code Cases NAME PATH WARMUPS} runs once
 * for each line it reads and prints the milliseconds, so that two processes can take turns.
 */
public final class Cases {
  /** The head of gemma-2-2b. */
  private static final long[] HEAD = {256_000, 2304};

  private static final long ELEMENTS = HEAD[0] * HEAD[1];
  private static final int SMALL = 10_000;

  private Cases() {}

  private interface Work {
    /** Runs it; what comes of it, if that is not part of the work, is closed off the clock. */
    @Nullable AutoCloseable run() throws Exception;
  }

  /**
   * Runs one case.
   *
   * @param args its name, the checkpoint, runs before the first line is read
   */
  public static void main(String[] args) throws Exception {
    Work work = work(args[0], Path.of(args[1]));
    for (int i = Integer.parseInt(args[2]); i > 0; i--) {
      nanos(work);
    }
    BufferedReader turns = new BufferedReader(new InputStreamReader(System.in));
    while (turns.readLine() != null) {
      System.out.println(nanos(work) / 1e6);
    }
    System.exit(0);
  }

  @SuppressWarnings("try") // It works by being closed.
  private static long nanos(Work work) throws Exception {
    long start = System.nanoTime();
    try (AutoCloseable result = work.run()) {
      return System.nanoTime() - start;
    }
  }

  private static Work whole(Runnable work) {
    return () -> {
      work.run();
      return null;
    };
  }

  private static Work work(String name, Path path) {
    LoadOptions.Builder options = LoadOptions.builder();
    return switch (name) {
      case "load" -> load(path, options);
      case "first" -> {
        // The reference's imports bring torch in before it loads.
        torch.empty(1).deallocate();
        yield load(path, options);
      }
      case "rehearsed" -> {
        Tenon.rehearse();
        yield load(path, options);
      }
      case "populate" -> load(path, options.residency(Residency.POPULATE));
      case "copy" -> load(path, options.residency(Residency.COPY));
      case "memcpy" -> copy(path);
      case "columns" -> halves(path, 1);
      case "rows" -> halves(path, 0);
      case "torch" -> load(path, options.rng(Rng.TORCH));
      case "bfloat16" -> load(path, options.dtype(DType.BF16));
      case "float32" -> load(path, options.dtype(DType.F32));
      case "normal" -> fill(new Distribution.Normal(0, 0.02));
      case "trunc_normal" -> fill(new Distribution.TruncatedNormal(0, 0.02, -0.04, 0.04));
      case "libtorch_normal" -> libtorch();
      case "small" -> small();
      case "fresh" -> fresh(path);
      case "plan92000" -> plan(92_000);
      case "plan1000000" -> plan(1_000_000);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Work load(Path path, LoadOptions.Builder options) {
    LoadOptions built = options.build();
    return whole(() -> Tenon.load(path, built).close());
  }

  /** A half of each matrix, by the plan of one rank of two; says how much was read for it. */
  private static Work halves(Path path, int dimension) {
    LoadPlan plan = Halves.of(Tenon.plan(path, LoadOptions.defaults()), dimension);
    List<Shard> shards = Checkpoint.open(path, null).shards();
    EngineOptions options = EngineOptions.defaults();
    long before = readByProcess();
    long wanted = 0;
    try (Loaded loaded = Engine.load(plan, shards, options, LoadListener.NONE)) {
      wanted = loaded.bytes().converted();
    }
    System.err.println("wanted=" + wanted + ", read=" + (readByProcess() - before));
    return () -> Engine.load(plan, shards, options, LoadListener.NONE);
  }

  /** Bytes that this process has asked the kernel for, by reading. */
  private static long readByProcess() {
    try {
      String counts = Files.readString(Path.of("/proc/self/io"));
      return Long.parseLong(counts.lines().findFirst().orElseThrow().split(" ")[1]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As many bytes as a load reads and writes, copied on the same threads. */
  private static Work copy(Path path) {
    long bytes = Tenon.plan(path, LoadOptions.defaults()).bytes().loaded();
    for (Shard shard : Checkpoint.open(path, null).shards()) {
      bytes += shard.size();
    }
    NativeCore core = NativeCore.load();
    long from = core.allocate(bytes, true);
    long to = core.allocate(bytes, true);
    MoveBatch batch = new MoveBatch().add(from, to, bytes);
    core.copy(batch);
    return whole(() -> core.copy(batch));
  }

  private static Work fill(Distribution distribution) {
    NativeCore core = NativeCore.load();
    long memory = core.allocate(DType.BF16.bytes(ELEMENTS), true);
    FillBatch batch = new FillBatch(0);
    batch.add("lm_head.weight", memory, 0, ELEMENTS, DType.BF16, distribution);
    return whole(() -> core.fill(batch));
  }

  private static Work libtorch() {
    torch.set_num_threads(Runtime.getRuntime().availableProcessors());
    Tensor head = torch.empty(HEAD, new TensorOptions(torch.ScalarType.BFloat16), null).zero_();
    return whole(() -> head.normal_(0, 0.02, null));
  }

  private static Work small() {
    LoadPlan plan = Planner.initialize(Workloads.skeleton(SMALL, 16), DType.F32);
    EngineOptions options = EngineOptions.defaults().drawing(Rng.PHILOX, 0);
    return () -> Engine.load(plan, List.of(), options, LoadListener.NONE);
  }

  /** Memory for the checkpoint in float32, touched and given back: what no copy can do without. */
  private static Work fresh(Path path) {
    long bytes = 0;
    for (Shard shard : Checkpoint.open(path, null).shards()) {
      bytes += 2 * shard.stamp().size();
    }
    NativeCore core = NativeCore.load();
    long all = bytes;
    return whole(() -> NativeCore.free(core.allocate(all, true), all));
  }

  private static Work plan(int slots) {
    Path file = Workloads.file(slots, 1);
    Checkpoint checkpoint = Workloads.checkpoint(file);
    Workloads.delete(file);
    Skeleton skeleton = Workloads.skeleton(slots, 1);
    PlanOptions options = new PlanOptions(null, false);
    return whole(() -> Planner.plan(checkpoint, skeleton, Config.defaults(), options));
  }
}
