package dev.tenon.engine.init;

import dev.tenon.engine.bytes.Boxes;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.Distribution;
import dev.tenon.nativecore.PhiloxKey;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.save.StoredNames;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Counter-based values from the native core, in parallel: each element follows from the seed, its
 * slot's name and its index, whatever else is missing. For tensors on the CPU. Rules the core has
 * no kernel for run on libtorch, from a generator of the slot's own, seeded by the same key.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
final class PhiloxInit implements InitEngine {
  private final LazyCore core;
  private final StoredNames names;
  private final long seed;
  private final Trace trace;

  PhiloxInit(LazyCore core, StoredNames names, long seed, Trace trace) {
    core.require();
    this.core = core;
    this.names = names;
    this.seed = seed;
    this.trace = trace;
  }

  @Override
  public void fill(List<InitTask> tasks, LongConsumer written) {
    FillQueue queue = new FillQueue(core, seed, trace, written);
    // Runs of a batch are written in no order: a part waits until all wholes are done.
    List<InitTask> parts = new ArrayList<>();
    for (InitTask task : lastWord(tasks)) {
      if (task.rule() instanceof InitRule.Part) {
        parts.add(task);
      } else {
        fill(task, queue, written);
      }
    }
    queue.flush();
    for (InitTask part : parts) {
      fill(part, queue, written);
      queue.flush();
    }
  }

  /** Tasks that are not written over: for each slot its last whole rule and the parts after it. */
  private static List<InitTask> lastWord(List<InitTask> tasks) {
    Set<String> whole = new HashSet<>(tasks.size() * 4 / 3 + 1);
    List<InitTask> kept = new ArrayList<>(tasks.size());
    for (int i = tasks.size() - 1; i >= 0; i--) {
      InitTask task = tasks.get(i);
      String name = task.slot().name();
      if (task.rule() instanceof InitRule.Part ? !whole.contains(name) : whole.add(name)) {
        kept.add(task);
      }
    }
    Collections.reverse(kept);
    return kept;
  }

  private void fill(InitTask task, FillQueue queue, LongConsumer written) {
    Interruption.check();
    Shape shape = task.slot().shape();
    if (shape.elements() == 0) {
      return; // It has no address.
    }
    if (!drawable(task.dtype()) || !add(task, shape, queue)) {
      // A hash in Java takes 20 ms to start, and most such rules compute what they write.
      long own = task.rule().random() ? PhiloxKey.of(seed, task.slot().name()).key() : 0;
      try (TorchInit torch = new TorchInit(Device.CPU, own, trace)) {
        torch.fill(List.of(task), written);
      }
    }
  }

  private static boolean drawable(DType dtype) {
    return switch (dtype) {
      case F32, BF16, F16, F64 -> true;
      default -> false;
    };
  }

  private boolean add(InitTask task, Shape shape, FillQueue queue) {
    if (task.rule() instanceof InitRule.Part part) {
      long[] dims = shape.dims();
      dims[part.dim()] = part.length();
      Distribution distribution = distribution(part.rule().primitive(Shape.of(dims)));
      if (distribution != null) {
        addPart(task, shape, part, distribution, queue);
      }
      return distribution != null;
    }
    Distribution distribution = distribution(task.rule().primitive(shape));
    if (distribution == null) {
      return false;
    }
    List<StoredNames.Stored> stored = names.of(task.slot());
    for (StoredNames.Stored one : stored) {
      addStored(task, one, distribution, queue);
    }
    if (stored.isEmpty()) {
      queue.add(named(task), 0, shape.elements(), distribution);
    }
    return true;
  }

  /** A tensor the slot holds stacked or fused: its values follow from its own name and indices. */
  private void addStored(
      InitTask task, StoredNames.Stored stored, Distribution distribution, FillQueue queue) {
    Piece piece = stored.pieces().get(0);
    long first = Boxes.run(task.slot().shape(), piece.source());
    if (stored.pieces().size() == 1 && piece.transpose() == null && first != Boxes.NO_RUN) {
      long address = Tensors.address(task.tensor()) + task.dtype().bytes(first);
      queue.add(
          new FillQueue.Named(stored.name(), task.dtype(), address),
          0,
          stored.shape().elements(),
          distribution);
      return;
    }
    try (PointerScope scope = new PointerScope();
        Tensors make = new Tensors(Device.CPU)) {
      Tensor apart = make.empty(stored.shape(), task.dtype());
      long address = Tensors.address(apart);
      queue.add(
          new FillQueue.Named(stored.name(), task.dtype(), address),
          0,
          stored.shape().elements(),
          distribution);
      queue.flush();
      stored.pieces().forEach(each -> put(each, apart, task.tensor()));
    }
  }

  private static void put(Piece piece, Tensor apart, Tensor whole) {
    Piece.Transpose swap = piece.transpose();
    Tensor turned = swap == null ? whole : whole.transpose(swap.first(), swap.second());
    Tensor from = Boxes.narrow(apart, piece.target());
    Boxes.narrow(turned, piece.source()).copy_(from.reshape(piece.source().size().dims()));
  }

  /** The runs of row-major elements a part consists of, one for each index before its dimension. */
  private void addPart(
      InitTask task, Shape shape, InitRule.Part part, Distribution distribution, FillQueue queue) {
    long outer = 1;
    long inner = 1;
    for (int i = 0; i < shape.rank(); i++) {
      outer *= i < part.dim() ? shape.dim(i) : 1;
      inner *= i > part.dim() ? shape.dim(i) : 1;
    }
    for (long i = 0; i < outer; i++) {
      long first = (i * shape.dim(part.dim()) + part.start()) * inner;
      queue.add(named(task), first, part.length() * inner, distribution);
    }
  }

  private static FillQueue.Named named(InitTask task) {
    return new FillQueue.Named(task.slot().name(), task.dtype(), Tensors.address(task.tensor()));
  }

  private static @Nullable Distribution distribution(InitRule rule) {
    if (rule instanceof InitRule.Normal r) {
      return new Distribution.Normal(r.mean(), r.std());
    } else if (rule instanceof InitRule.Uniform r) {
      return new Distribution.Uniform(r.low(), r.high());
    } else if (rule instanceof InitRule.TruncatedNormal r) {
      return new Distribution.TruncatedNormal(r.mean(), r.std(), r.low(), r.high());
    } else if (rule instanceof InitRule.Constant r) {
      return new Distribution.Constant(r.value());
    }
    return null;
  }

  /** Holds nothing of its own: the load closes its native core. */
  @Override
  public void close() {}
}
