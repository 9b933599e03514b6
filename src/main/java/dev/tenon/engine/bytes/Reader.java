package dev.tenon.engine.bytes;

import dev.tenon.Residency;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.file.Workers;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Brings bytes of files into slots, whichever way is cheapest: a view of the mapped file where
 * dtype, layout, alignment and device allow, plain reads where the bytes need no change, else a
 * converting copy.
 *
 * <p>No page of a mapped file is touched: where the disk fails, or a file is cut meanwhile, a read
 * fails, but a touch ends the process.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Reader {
  /** Jobs are cut to this many bytes: enough to hide their overhead, few enough to stop soon. */
  private static final long CHUNK = 32L << 20;

  private final ShardFiles files;
  private final Tensors tensors;
  private final Device device;
  private final boolean maps;

  /**
   * A reader.
   *
   * @param tensors makes tensors on the CPU, used by the thread that loads alone
   */
  public Reader(ShardFiles files, Tensors tensors, Device device, Residency residency) {
    this.files = files;
    this.tensors = tensors;
    this.device = device;
    this.maps = residency != Residency.COPY && device.kind() == Device.Kind.CPU;
  }

  /** Whether the step's slot can be a view of the mapped file. */
  public boolean mappable(Step step) {
    return maps && step instanceof Step.Read read && read.viewable();
  }

  /** Memory on the CPU for a slot, for whoever has to fill it there first. */
  Tensor onCpu(Step step) {
    return tensors.empty(step.slot().shape(), step.dtype());
  }

  /** Entries of one file and dtype as views of it, in no pointer scope. */
  Tensor[] map(List<TensorEntry> entries) {
    TensorEntry any = entries.get(0);
    return tensors.views(files.mapped(any.file()), any.dtype(), entries);
  }

  /** Jobs that fill a slot's own tensor from files; together they write every element. */
  public void fill(Step step, Tensor target, List<Workers.Job> jobs) {
    if (step instanceof Step.Read read && read.entry().bytes() > 0) {
      fill(read, target, jobs);
    } else if (step instanceof Step.Assemble assemble) {
      for (Piece piece : assemble.pieces()) {
        long bytes = piece.entry().dtype().bytes(piece.source().size().elements());
        jobs.add(new Workers.Job(step.slot().name(), bytes, () -> put(piece, target)));
      }
    }
  }

  /** What libtorch can copy: packed weights are unpacked by the native core, or not at all. */
  private static TensorEntry plain(Stored stored) {
    if (stored instanceof TensorEntry entry) {
      return entry;
    }
    throw new IllegalStateException("Packed: tensor=" + stored.name());
  }

  private void fill(Step.Read read, Tensor target, List<Workers.Job> jobs) {
    TensorEntry entry = plain(read.entry());
    boolean plain = read.exact() && device.kind() == Device.Kind.CPU;
    if (!plain && (!entry.contiguous() || entry.dtype().isPacked())) {
      jobs.add(new Workers.Job(read.slot().name(), entry.bytes(), () -> convert(entry, target)));
      return;
    }
    long size = TorchTypes.elementBytes(entry.dtype());
    long part = CHUNK / size;
    long elements = entry.bytes() / size;
    for (long first = 0; first < elements; first += part) {
      long start = first;
      long count = Math.min(part, elements - first);
      Workers.Work work =
          plain
              ? () -> read(entry, target, start * size, count * size)
              : () -> convert(entry, target, start, count);
      jobs.add(new Workers.Job(read.slot().name(), count * size, work));
    }
  }

  private void read(TensorEntry entry, Tensor target, long offset, long length) throws IOException {
    files.read(entry.file(), entry.offset() + offset, Tensors.address(target) + offset, length);
  }

  private void convert(TensorEntry entry, Tensor target, long start, long count)
      throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor source = source(part(entry, Shape.of(count), start));
      target.view(-1).narrow(0, start, count).copy_(source);
    }
  }

  private void convert(TensorEntry entry, Tensor target) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      target.copy_(source(entry));
    }
  }

  private void put(Piece piece, Tensor target) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor from = box(piece).reshape(piece.target().size().dims());
      Boxes.narrow(target, piece.target()).copy_(from);
    }
  }

  /** A piece's box of its entry; of one that is read, no more than the rows it lies in. */
  private Tensor box(Piece piece) throws IOException {
    TensorEntry entry = plain(piece.entry());
    Box box = piece.source();
    Piece.Transpose swap = piece.transpose();
    if (swap != null) {
      return Boxes.narrow(source(entry).transpose(swap.first(), swap.second()), box);
    } else if (!entry.contiguous() || box.size().rank() == 0) {
      return Boxes.narrow(source(entry), box);
    }
    long[] shape = entry.shape().dims();
    long[] start = box.start().dims();
    long row = entry.shape().elements() / Math.max(1, shape[0]);
    shape[0] = box.size().dim(0);
    TensorEntry rows = part(entry, Shape.of(shape), start[0] * row);
    start[0] = 0;
    return Boxes.narrow(source(rows), new Box(Shape.of(start), box.size()));
  }

  /** Neighbouring elements of an entry in row-major order. */
  private static TensorEntry part(TensorEntry entry, Shape shape, long first) {
    long offset = entry.offset() + entry.dtype().bytes(first);
    return new TensorEntry(entry.name(), entry.dtype(), shape, entry.file(), offset, null);
  }

  /** An entry, read, as a tensor on the CPU in the file's dtype. */
  Tensor source(TensorEntry entry) throws IOException {
    TorchTypes.scalarType(entry.dtype());
    Tensor bytes = tensors.empty(Shape.of(entry.span()), DType.U8);
    files.read(entry.file(), entry.offset(), Tensors.address(bytes), entry.span());
    return tensors.over(bytes, entry);
  }
}
