package dev.tenon.engine.bytes;

import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.place.Device;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Pinned buffers that a GPU copies out of by itself, each on a stream of its own: while one is on
 * its way, the other is filled.
 */
final class PinnedRing implements Staging {
  /** Bytes of a buffer: an interrupt waits for one. */
  static final long BUFFER = 32L << 20;

  private static final int BUFFERS = 2;

  private final DeviceGuardImplInterface guard = torch.getDeviceGuardImpl(DeviceType.CUDA);
  private final Stream before;
  private final Tensor[] buffers = new Tensor[BUFFERS];
  private final Stream[] streams = new Stream[BUFFERS];
  private int turn;

  PinnedRing(Device device) {
    org.bytedeco.pytorch.Device where = TorchTypes.device(device);
    before = guard.getStream(where);
    TensorOptions pinned = new TensorOptions(ScalarType.Byte).pinned_memory(new BoolOptional(true));
    for (int i = 0; i < BUFFERS; i++) {
      buffers[i] = Tensors.empty(new long[] {BUFFER}, pinned);
      streams[i] = guard.getStreamFromGlobalPool(where, false);
    }
    // Targets were allocated on the caller's stream; what it was doing with that memory ends here.
    guard.synchronizeStream(before);
  }

  @Override
  public long size() {
    return BUFFER;
  }

  @Override
  public Tensor next() {
    turn = (turn + 1) % BUFFERS;
    guard.synchronizeStream(streams[turn]);
    return buffers[turn];
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    guard.exchangeStream(streams[turn]);
    try {
      to.copy_(from, true);
    } finally {
      guard.exchangeStream(before);
    }
  }

  @Override
  public void close() {
    for (Stream stream : streams) {
      guard.synchronizeStream(stream);
    }
  }
}
