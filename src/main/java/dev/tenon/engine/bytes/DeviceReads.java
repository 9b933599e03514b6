package dev.tenon.engine.bytes;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.Step;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Bytes of files brought to a GPU: read into pinned memory, copied by the GPU on streams of their
 * own while the next bytes are read, and converted there. For slots stored in row-major order;
 * their offsets in the file need no alignment.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class DeviceReads {
  /** Bytes of a pinned buffer: an interrupt waits for one. */
  private static final long BUFFER = 32L << 20;

  private final ShardFiles files;
  private final Device device;
  private final Tensors onDevice;
  private final List<Read> reads = new ArrayList<>();

  private record Read(TensorEntry entry, Tensor target) {}

  /** A pinned buffer and the stream its copies run on: when that is done, it may be read into. */
  private record Lane(Tensor buffer, Stream stream) {}

  public DeviceReads(ShardFiles files, Device device, Tensors onDevice) {
    this.files = files;
    this.device = device;
    this.onDevice = onDevice;
  }

  /**
   * Takes a slot over, if this is a way to fill it.
   *
   * @return whether {@link #run} will fill it
   */
  public boolean take(Step step, Tensor target) {
    if (device.kind() == Device.Kind.CUDA
        && step instanceof Step.Read read
        && read.entry() instanceof TensorEntry entry
        && entry.contiguous()
        && entry.dtype().isByteAddressable()
        && entry.bytes() > 0) {
      return reads.add(new Read(entry, target));
    }
    return false;
  }

  /** Bytes that {@link #run} reads. */
  public long bytes() {
    long bytes = 0;
    for (Read read : reads) {
      bytes += read.entry.bytes();
    }
    return bytes;
  }

  /**
   * Fills all slots taken over; they are written when it returns.
   *
   * @param done is told the bytes of each piece
   * @throws TenonException if a file cannot be read, or the thread is interrupted
   */
  public void run(LongConsumer done) {
    if (!reads.isEmpty()) {
      try {
        copyAll(done);
      } catch (IOException | RuntimeException e) {
        throw TorchErrors.of("Copying to the device failed", "device=" + device, e);
      }
    }
  }

  private void copyAll(LongConsumer done) throws IOException {
    reads.sort(
        Comparator.comparing((Read read) -> read.entry.file())
            .thenComparingLong(read -> read.entry.offset()));
    try (PointerScope scope = new PointerScope()) {
      DeviceGuardImplInterface guard = torch.getDeviceGuardImpl(DeviceType.CUDA);
      org.bytedeco.pytorch.Device where = TorchTypes.device(device);
      Stream before = guard.getStream(where);
      Lane[] lanes = {lane(guard, where), lane(guard, where)};
      // Targets were allocated on the caller's stream; what it was doing with that memory ends
      // here.
      guard.synchronizeStream(before);
      try {
        copy(guard, lanes, done);
      } finally {
        guard.exchangeStream(before);
        for (Lane lane : lanes) {
          guard.synchronizeStream(lane.stream);
        }
      }
    }
  }

  private static Lane lane(DeviceGuardImplInterface guard, org.bytedeco.pytorch.Device where) {
    TensorOptions pinned = new TensorOptions(ScalarType.Byte).pinned_memory(new BoolOptional(true));
    Tensor buffer = Tensors.empty(new long[] {BUFFER}, pinned);
    return new Lane(buffer, guard.getStreamFromGlobalPool(where, false));
  }

  private void copy(DeviceGuardImplInterface guard, Lane[] lanes, LongConsumer done)
      throws IOException {
    int turn = 0;
    for (Read read : reads) {
      DType dtype = read.entry.dtype();
      long elements = read.entry.shape().elements();
      long most = BUFFER / dtype.bytes(1);
      for (long first = 0; first < elements; first += most) {
        Interruption.check();
        long count = Math.min(most, elements - first);
        Lane lane = lanes[turn++ % lanes.length];
        guard.synchronizeStream(lane.stream);
        guard.exchangeStream(lane.stream);
        copy(read, lane, first, count);
        done.accept(dtype.bytes(count));
      }
    }
  }

  private void copy(Read read, Lane lane, long first, long count) throws IOException {
    DType dtype = read.entry.dtype();
    long bytes = dtype.bytes(count);
    try (PointerScope scope = new PointerScope()) {
      BytePointer to = new BytePointer(lane.buffer.data_ptr());
      files.read(read.entry.file(), read.entry.offset() + dtype.bytes(first), to, bytes);
      Tensor source = lane.buffer.narrow(0, 0, bytes).view(TorchTypes.scalarType(dtype));
      Tensor target = read.target.view(-1).narrow(0, first, count);
      if (source.scalar_type().intern() == target.scalar_type().intern()) {
        target.copy_(source, true);
      } else {
        // Converting on the way would happen on the CPU, in pageable memory.
        Tensor there = onDevice.empty(Shape.of(count), dtype);
        target.copy_(there.copy_(source, true), true);
      }
    }
  }
}
