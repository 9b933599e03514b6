package dev.tenon.engine;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Step;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whether two slots hold the same bytes, which decides a declared tie whose two sides the files
 * both hold. Bytes that are final as stored are compared in the mapped files, with no copy.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
final class TieBytes {
  private static final long PART = 64L << 20;

  private final ShardFiles files;
  private final Reader reader;
  private final Tensors tensors;

  TieBytes(ShardFiles files, Reader reader, Tensors tensors) {
    this.files = files;
    this.reader = reader;
    this.tensors = tensors;
  }

  /** Compares two slots that files hold, each in the dtype it has in the model. */
  boolean equal(Step one, Step other) {
    if (one.dtype() != other.dtype() || !one.slot().shape().equals(other.slot().shape())) {
      return false;
    }
    try (PointerScope scope = new PointerScope()) {
      return equal(bytes(one), bytes(other));
    }
  }

  private Tensor bytes(Step step) {
    if (step instanceof Step.Read read && read.exact() && read.entry().bytes() > 0) {
      TensorEntry entry = read.entry();
      return files.mapped(entry.file()).narrow(0, entry.offset(), entry.bytes());
    }
    Tensor own = tensors.empty(step.slot().shape(), step.dtype());
    List<Workers.Job> jobs = new ArrayList<>();
    reader.fill(step, own, jobs);
    Workers.run(jobs, 1, Trace.OFF, bytes -> {});
    return own.view(-1).view(ScalarType.Byte);
  }

  private static boolean equal(Tensor one, Tensor other) {
    long size = one.numel();
    for (long start = 0; start < size; start += PART) {
      Workers.requireNotInterrupted();
      long part = Math.min(PART, size - start);
      if (!one.narrow(0, start, part).equal(other.narrow(0, start, part))) {
        return false;
      }
    }
    return true;
  }
}
