package dev.tenon.bench;

import dev.tenon.checkpoint.Checkpoint;
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

/** Parsing and checking a safetensors header. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class HeaderBenchmark {
  @Param({"1000", "92000", "1000000"})
  int tensors;

  private Path file;

  @Setup
  public void make() {
    file = Workloads.file(tensors, 1);
  }

  @Benchmark
  public Checkpoint open() {
    return Workloads.checkpoint(file);
  }

  @TearDown
  public void delete() {
    Workloads.delete(file);
  }
}
