package dev.tenon.bench;

import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.Rng;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Planner;
import dev.tenon.tensor.DType;
import java.util.List;
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
import org.openjdk.jmh.annotations.Warmup;

/** Allocating and drawing whole models: divide by {@code parameters} for the cost of one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class InitBenchmark {
  @Param({"TORCH", "PHILOX"})
  Rng rng;

  @Param({"F32", "BF16"})
  DType dtype;

  /** How many parameters, and of how many elements each. */
  @Param({"10000x1", "10000x16", "1000x65536", "1x600000000"})
  String model;

  private LoadPlan plan;
  private EngineOptions options;

  @Setup
  public void make() {
    String[] size = model.split("x");
    plan =
        Planner.initialize(
            Workloads.skeleton(Integer.parseInt(size[0]), Long.parseLong(size[1])), dtype);
    options = EngineOptions.defaults().drawing(rng, 0);
  }

  @Benchmark
  public void initialise() {
    Engine.load(plan, List.of(), options, LoadListener.NONE).close();
  }
}
