package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.checkpoint.Stored;
import dev.tenon.engine.bytes.NativeMoves;
import dev.tenon.engine.bytes.Reader;
import dev.tenon.engine.bytes.StagedMoves;
import dev.tenon.engine.bytes.Views;
import dev.tenon.engine.file.Population;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.file.Workers;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.place.Device;
import dev.tenon.quantised.formula.Unpacked;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/** Fills every slot that files hold: mapped, read, or converted. */
final class ReadPhase {
  private final Reader reader;
  private final EngineOptions options;
  private final List<Workers.Job> jobs = new ArrayList<>();
  private final NativeMoves moves;
  private final StagedMoves staged;
  private final LazyCore core;
  private final Device.Kind place;
  private long mapped;
  private long copied;
  private long converted;

  ReadPhase(
      ShardFiles files, Reader reader, LazyCore core, Tensors onDevice, EngineOptions options) {
    this.reader = reader;
    this.options = options;
    this.moves = new NativeMoves(files, core, options.trace());
    this.staged = StagedMoves.toGpu(files, core, options.trace(), onDevice, options.device());
    this.core = core;
    this.place = options.device().kind();
  }

  /**
   * Fills the slots of {@link Step.Read} and {@link Step.Assemble} steps.
   *
   * @param tensors one a slot; those to be mapped are null before
   * @return bytes by the way they were taken, none of them read ahead
   */
  static ReadBytes run(
      List<Lane> lanes,
      List<Step> steps,
      Tensor[] tensors,
      ShardFiles files,
      LazyCore core,
      LoadListener listener) {
    List<ReadPhase> phases = new ArrayList<>(lanes.size());
    long all = 0;
    for (Lane lane : lanes) {
      ReadPhase phase = lane.reading(files, core);
      phase.take(lane, steps, tensors);
      phases.add(phase);
      all += phase.total();
    }
    long total = all;
    AtomicLong sum = new AtomicLong();
    LongConsumer done = bytes -> listener.progress(Phase.READ, sum.addAndGet(bytes), total);
    ReadBytes taken = ReadBytes.NONE;
    for (ReadPhase phase : phases) {
      phase.fill(done);
      taken = taken.plus(phase.bytes());
    }
    files.verifyUnchanged();
    return taken;
  }

  private void take(Lane lane, List<Step> steps, Tensor[] tensors) {
    Views views = new Views(reader, tensors);
    for (int i = 0; i < tensors.length; i++) {
      Step step = steps.get(i);
      if (!lane.has(i)) {
        continue;
      } else if (step instanceof Step.Read read && reader.mappable(step)) {
        views.add(i, read.plain());
        mapped += read.entry().bytes();
      } else if (step instanceof Step.Read || step instanceof Step.Assemble) {
        count(step);
        fill(i, step, tensors[i]);
      }
    }
    views.finish();
    for (int i = 0; i < tensors.length; i++) {
      if (!core.available() && lane.populates(i, steps.get(i))) {
        Population.add(steps.get(i).slot().name(), tensors[i], jobs);
      }
    }
  }

  private long total() {
    return moves.bytes() + staged.bytes() + bytes(jobs);
  }

  private void fill(LongConsumer done) {
    moves.run(done);
    staged.run(done);
    Workers.run(jobs, options.threads(), options.trace(), done);
  }

  private void count(Step step) {
    if (step instanceof Step.Read read) {
      if (read.exact()) {
        copied += read.entry().bytes();
      } else {
        converted += stored(read.entry());
      }
    } else if (step instanceof Step.Assemble assemble) {
      for (Piece piece : assemble.pieces()) {
        converted +=
            piece.entry() instanceof Unpacked weight
                ? weight.packedBytes()
                : piece.entry().dtype().bytes(piece.source().size().elements());
      }
    }
  }

  private static long stored(Stored entry) {
    return entry instanceof Unpacked weight ? weight.packedBytes() : entry.bytes();
  }

  private ReadBytes bytes() {
    if (place == Device.Kind.META) {
      return ReadBytes.NONE;
    }
    boolean populated = options.residency() == Residency.POPULATE;
    return new ReadBytes(populated ? 0 : mapped, populated ? mapped : 0, 0, copied, converted);
  }

  private static long bytes(List<Workers.Job> jobs) {
    long bytes = 0;
    for (Workers.Job job : jobs) {
      bytes += job.bytes();
    }
    return bytes;
  }

  private void fill(int slot, Step step, Tensor target) {
    if (place == Device.Kind.META) {
      return;
    } else if (step.unpacks()) {
      core.require(NativeMoves.PACKED);
    }
    boolean taken =
        core.available()
            && (place == Device.Kind.CUDA
                ? staged.take(slot, step, target)
                : moves.take(slot, step, target));
    if (!taken) {
      reader.fill(step, target, jobs);
    }
  }
}
