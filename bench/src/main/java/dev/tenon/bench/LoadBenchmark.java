package dev.tenon.bench;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.Residency;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Loading a cached file of 256 MB: by residency, and converted. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class LoadBenchmark {
  private static final int TENSORS = 64;
  private static final long ELEMENTS = 1 << 20;

  @Param({"MMAP", "POPULATE", "COPY"})
  Residency residency;

  @Param({"F32", "BF16"})
  DType dtype;

  private Path file;
  private Checkpoint checkpoint;
  private LoadPlan plan;
  private EngineOptions options;

  @Setup
  public void make() {
    file = Workloads.file(TENSORS, ELEMENTS);
    checkpoint = Workloads.checkpoint(file);
    plan =
        Planner.plan(
            checkpoint,
            Workloads.skeleton(TENSORS, ELEMENTS),
            Config.defaults(),
            new PlanOptions(dtype, false));
    options = EngineOptions.defaults().residing(residency);
  }

  @Benchmark
  public void load() {
    Engine.load(plan, checkpoint.shards(), options, LoadListener.NONE).close();
  }

  @TearDown
  public void delete() {
    Workloads.delete(file);
  }
}
