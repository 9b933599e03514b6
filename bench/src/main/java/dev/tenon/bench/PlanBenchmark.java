package dev.tenon.bench;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
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

/**
 * Planning a checkpoint whose names are all the model's; linear is a thousand times from first to
 * last.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class PlanBenchmark {
  @Param({"1000", "10000", "92000", "1000000"})
  int slots;

  private Path file;
  private Checkpoint checkpoint;
  private Skeleton skeleton;

  @Setup
  public void make() {
    file = Workloads.file(slots, 1);
    checkpoint = Workloads.checkpoint(file);
    skeleton = Workloads.skeleton(slots, 1);
  }

  @Benchmark
  public LoadPlan plan() {
    return Planner.plan(checkpoint, skeleton, Config.defaults(), new PlanOptions(null, false));
  }

  @TearDown
  public void delete() {
    Workloads.delete(file);
  }
}
