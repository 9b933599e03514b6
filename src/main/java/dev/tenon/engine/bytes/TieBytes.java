package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.file.Workers;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.Step;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Whether two slots hold the same bytes, which decides a declared tie whose two sides the files
 * both hold. Bytes that are final as stored are read a few at a time: a mapped page that the file
 * system fails to bring in would end the process.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class TieBytes {
  private static final long PART = 64L << 20;

  /** Bytes read of each side at once: they stay in the cache until they are compared. */
  private static final long READ = 1 << 20;

  private final ShardFiles files;
  private final Reader reader;
  private final Tensors tensors;
  private final LazyCore core;
  private final int threads;

  public TieBytes(ShardFiles files, Reader reader, Tensors tensors, LazyCore core, int threads) {
    this.core = core;
    this.files = files;
    this.reader = reader;
    this.tensors = tensors;
    this.threads = threads;
  }

  /** Compares two slots that files hold, each in the dtype it has in the model. */
  public boolean equal(Step one, Step other) {
    if (one.dtype() != other.dtype() || !one.slot().shape().equals(other.slot().shape())) {
      return false;
    }
    TensorEntry first = stored(one);
    TensorEntry second = stored(other);
    if (first != null && second != null) {
      return equal(one.slot().name(), first, second);
    }
    try (PointerScope scope = new PointerScope()) {
      return equal(bytes(one), bytes(other));
    }
  }

  /** The entry whose bytes are the slot's as they are, or null if they are yet to be made. */
  private static @Nullable TensorEntry stored(Step step) {
    return step instanceof Step.Read read && read.exact() && read.entry().bytes() > 0
        ? read.plain()
        : null;
  }

  private Tensor bytes(Step step) {
    Tensor own = tensors.empty(step.slot().shape(), step.dtype());
    if (step.unpacks()) {
      NativeMoves.fill(step, own, files, core);
    } else {
      List<Workers.Job> jobs = new ArrayList<>();
      reader.fill(step, own, jobs);
      Workers.run(jobs, 1, Trace.OFF, bytes -> {});
    }
    return own.view(-1).view(ScalarType.Byte);
  }

  private static boolean equal(Tensor one, Tensor other) {
    long size = one.numel();
    for (long start = 0; start < size; start += PART) {
      Interruption.check();
      long part = Math.min(PART, size - start);
      if (!one.narrow(0, start, part).equal(other.narrow(0, start, part))) {
        return false;
      }
    }
    return true;
  }

  private boolean equal(String slot, TensorEntry one, TensorEntry other) {
    AtomicBoolean same = new AtomicBoolean(true);
    List<Workers.Job> jobs = new ArrayList<>();
    for (long start = 0; start < one.bytes(); start += PART) {
      long from = start;
      long part = Math.min(PART, one.bytes() - start);
      Workers.Work compare =
          () -> {
            if (same.get() && !equal(one, other, from, part)) {
              same.set(false);
            }
          };
      jobs.add(new Workers.Job(slot, part, compare));
    }
    Workers.run(jobs, threads, Trace.OFF, bytes -> {});
    return same.get();
  }

  private boolean equal(TensorEntry one, TensorEntry other, long start, long length)
      throws IOException {
    try (PointerScope scope = new PointerScope()) {
      BytePointer a = buffer(one);
      BytePointer b = buffer(other);
      for (long done = 0; done < length; done += READ) {
        long part = Math.min(READ, length - done);
        files.read(one.file(), one.offset() + start + done, a.address(), part);
        files.read(other.file(), other.offset() + start + done, b.address(), part);
        if (!a.limit(part).asByteBuffer().equals(b.limit(part).asByteBuffer())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Room for what is read at once; the caller's scope frees it. */
  private BytePointer buffer(TensorEntry entry) {
    Tensor room = tensors.empty(Shape.of(Math.min(READ, entry.bytes())), DType.U8);
    return new BytePointer(room.data_ptr());
  }
}
