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

/**
 * A model of an embedding and a head: tied, the head costs a pointer; naive, it is drawn as well.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class TieBenchmark {
  @Param({"true", "false"})
  boolean tied;

  @Param({"TORCH", "PHILOX"})
  Rng rng;

  @Param({"98304000"})
  long elements;

  private LoadPlan plan;
  private EngineOptions options;

  @Setup
  public void make() {
    plan = Planner.initialize(Workloads.pair(elements, tied), DType.BF16);
    options = EngineOptions.defaults().drawing(rng, 0);
  }

  @Benchmark
  public void initialise() {
    Engine.load(plan, List.of(), options, LoadListener.NONE).close();
  }
}
