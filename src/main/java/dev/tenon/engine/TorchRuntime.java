package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch's start-up, which takes some hundred milliseconds and which a plan does not need: so it
 * may run beside it.
 */
final class TorchRuntime {
  private TorchRuntime() {}

  /** Loads the natives once, on a thread of their own, when this class is first asked for. */
  private static final class Started {
    static final CompletableFuture<Void> LIBTORCH = start();

    private static CompletableFuture<Void> start() {
      CompletableFuture<Void> loaded = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  // First, and here: two natives that load at once on two threads take the JVM's
                  // locks in opposite orders.
                  NativeCore.available();
                  ClassLoader jars = TorchRuntime.class.getClassLoader();
                  TorchBuilds.refuseTwo(jars, Loader.getPlatform());
                  CudaProbes.spare(jars, Loader.getPlatform());
                  torch.empty(1).deallocate();
                  loaded.complete(null);
                } catch (Throwable failure) {
                  loaded.completeExceptionally(failure);
                }
              },
              "tenon-libtorch");
      thread.setDaemon(true);
      thread.start();
      return loaded;
    }
  }

  /** Starts libtorch if nobody has, and does not wait. */
  static void warmUp() {
    Started.LIBTORCH.isDone();
  }

  /**
   * Waits until libtorch is there.
   *
   * @throws TenonException if its natives are missing or do not load
   */
  static void require() {
    try {
      Started.LIBTORCH.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
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
