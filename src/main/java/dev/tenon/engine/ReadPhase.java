package dev.tenon.engine;

import dev.tenon.plan.Device;
import dev.tenon.plan.Piece;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/** Fills every slot that files hold: mapped, read, or converted. */
final class ReadPhase {
  private final ShardFiles files;
  private final Reader reader;
  private final EngineOptions options;
  private final LoadListener listener;
  private final List<Workers.Job> jobs = new ArrayList<>();
  private final NativeReads reads;
  private final NativePopulation population;
  private final DeviceReads deviceReads;
  private final boolean hasCore;
  private long mapped;
  private long copied;
  private long converted;

  ReadPhase(
      ShardFiles files,
      Reader reader,
      LazyCore core,
      Tensors onDevice,
      EngineOptions options,
      LoadListener listener) {
    this.files = files;
    this.reader = reader;
    this.options = options;
    this.listener = listener;
    this.reads = new NativeReads(files, core, options.trace());
    this.population = new NativePopulation(files, core, options.trace());
    this.deviceReads = new DeviceReads(files, options.device(), onDevice);
    this.hasCore = options.device().kind() == Device.Kind.CPU && core.available();
  }

  /**
   * Fills the slots of {@link Step.Read} and {@link Step.Assemble} steps.
   *
   * @param tensors one a slot; those to be mapped are null before
   */
  void run(List<Step> steps, Tensor[] tensors) {
    for (int i = 0; i < tensors.length; i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Read read && reader.mappable(step)) {
        tensors[i] = Tensors.kept(reader.map(read));
        mapped += read.entry().bytes();
        populate(read, tensors[i]);
      } else if (step instanceof Step.Read || step instanceof Step.Assemble) {
        count(step);
        fill(step, tensors[i]);
      }
    }
    long total = reads.bytes() + population.bytes() + deviceReads.bytes() + bytes(jobs);
    AtomicLong sum = new AtomicLong();
    LongConsumer done = bytes -> listener.progress(Phase.READ, sum.addAndGet(bytes), total);
    reads.run(done);
    population.run(done);
    deviceReads.run(done);
    Workers.run(jobs, options.threads(), options.trace(), done);
    files.verifyUnchanged();
  }

  private void count(Step step) {
    if (step instanceof Step.Read read) {
      if (read.exact()) {
        copied += read.entry().bytes();
      } else {
        converted += read.entry().bytes();
      }
    } else if (step instanceof Step.Assemble assemble) {
      for (Piece piece : assemble.pieces()) {
        converted += piece.entry().dtype().bytes(piece.source().size().elements());
      }
    }
  }

  /** Bytes by the way they were taken, once {@link #run} has returned. */
  ReadBytes bytes() {
    if (options.device().kind() == Device.Kind.META) {
      return ReadBytes.NONE;
    }
    boolean populated = options.residency() == Residency.POPULATE;
    return new ReadBytes(
        populated ? 0 : mapped, populated ? mapped : 0, population.readAhead(), copied, converted);
  }

  private static long bytes(List<Workers.Job> jobs) {
    return jobs.stream().mapToLong(Workers.Job::bytes).sum();
  }

  private void fill(Step step, Tensor target) {
    boolean taken =
        options.device().kind() == Device.Kind.META
            || hasCore && reads.take(step, target)
            || deviceReads.take(step, target);
    if (!taken) {
      reader.fill(step, target, jobs);
    }
  }

  private void populate(Step.Read read, Tensor mapped) {
    if (options.residency() != Residency.POPULATE) {
      return;
    } else if (hasCore) {
      population.add(read, mapped);
    } else {
      Population.add(read.slot().name(), mapped, jobs);
    }
  }
}
