package dev.tenon.bench;

import dev.tenon.nativecore.Distribution;
import dev.tenon.nativecore.FillBatch;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.tensor.DType;
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
 * The native core's kernels alone on warm memory: many small parameters in one call, or in a call
 * each.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class FillBenchmark {
  private static final Distribution NORMAL = new Distribution.Normal(0, 0.02);

  @Param({"F32", "BF16"})
  DType dtype;

  @Param({"1", "16", "65536"})
  int elements;

  @Param({"1000"})
  int parameters;

  private NativeCore core;
  private long memory;
  private FillBatch batch;

  @Setup
  public void make() {
    core = NativeCore.load();
    memory = core.allocate(dtype.bytes((long) parameters * elements), true);
    batch = new FillBatch(0);
  }

  @Benchmark
  public void batched() {
    batch.clear();
    for (int i = 0; i < parameters; i++) {
      add(i);
    }
    core.fill(batch);
  }

  @Benchmark
  public void oneByOne() {
    for (int i = 0; i < parameters; i++) {
      batch.clear();
      add(i);
      core.fill(batch);
    }
  }

  private void add(int i) {
    long address = memory + i * dtype.bytes(elements);
    batch.add("layers.0.weight", address, 0, elements, dtype, NORMAL);
  }

  @TearDown
  public void free() {
    NativeCore.free(memory, dtype.bytes((long) parameters * elements));
    core.close();
  }
}
