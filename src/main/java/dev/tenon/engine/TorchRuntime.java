package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's start-up, which takes some hundred milliseconds and which a plan does not need: so it
 * may run beside it.
 */
final class TorchRuntime {
  private static @Nullable FutureTask<Void> startUp;

  private TorchRuntime() {}

  /** The start-up, under way or past: once, on a thread of its own. */
  private static synchronized FutureTask<Void> startUp() {
    if (startUp == null) {
      FutureTask<Void> task = new FutureTask<>(TorchRuntime::loadNatives, null);
      Thread thread = new Thread(task, "tenon-libtorch");
      thread.setDaemon(true);
      thread.start();
      startUp = task; // Only now: where the system has no thread left, the next load tries again.
    }
    return startUp;
  }

  private static void loadNatives() {
    // First, and here: two natives that load at once on two threads take the JVM's locks in
    // opposite orders.
    NativeCore.available();
    ClassLoader jars = TorchRuntime.class.getClassLoader();
    TorchBuilds.refuseTwo(jars, Loader.getPlatform());
    CudaProbes.spare(jars, Loader.getPlatform());
    torch.empty(1).deallocate();
  }

  /** Starts libtorch if nobody has, and does not wait. */
  static void warmUp() {
    startUp();
  }

  /** Waits for a start-up that is under way, whatever comes of it; begins none. */
  static void finish() {
    FutureTask<Void> begun;
    synchronized (TorchRuntime.class) {
      begun = startUp;
    }
    try {
      if (begun != null) {
        begun.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      return; // Whoever needs libtorch is told by require().
    }
  }

  /**
   * Waits until libtorch is there.
   *
   * @throws TenonException if its natives are missing or do not load, or the thread is interrupted
   */
  static void require() {
    try {
      startUp().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Workers.requireNotInterrupted();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TenonException known) {
        throw known;
      }
      throw new TenonException(
          "libtorch does not load: reason="
              + cause
              + ", remedy=add the natives of org.bytedeco:pytorch, openblas and javacpp for this"
              + " machine to the class path",
          cause);
    }
  }
}
