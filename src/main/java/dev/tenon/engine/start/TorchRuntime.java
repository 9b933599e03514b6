package dev.tenon.engine.start;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's start-up, which takes some hundred milliseconds and which a plan does not need: so it
 * may run beside it. The native core and JavaCPP come first, and may come before anybody knows that
 * libtorch will be wanted.
 */
public final class TorchRuntime {
  private static final FutureTask<@Nullable UnpackedNatives> PREPARATION =
      new FutureTask<>(TorchRuntime::prepareNatives);

  /** The process has said that it loads and ends. */
  private static volatile boolean onlyLoads;

  /** What comes before libtorch has been begun, on a thread of its own. */
  private static boolean preparing;

  private static @Nullable FutureTask<Void> startUp;

  private TorchRuntime() {}

  /** The start-up, under way or past: once, on a thread of its own. */
  private static synchronized FutureTask<Void> startUp() {
    if (startUp == null) {
      FutureTask<Void> task = new FutureTask<>(TorchRuntime::loadNatives);
      start(() -> startUpAndGoOn(task), "tenon-libtorch");
      startUp = task; // Only now: where the system has no thread left, the next load tries again.
    }
    return startUp;
  }

  private static void startUpAndGoOn(FutureTask<Void> task) {
    task.run();
    try {
      task.get();
    } catch (InterruptedException | ExecutionException e) {
      return; // Whoever needs libtorch is told by require(), and nothing may try again meanwhile.
    }
    BindingClasses.initialize(TorchRuntime.class.getClassLoader());
  }

  private static void start(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static @Nullable UnpackedNatives prepareNatives() {
    ClassLoader jars = TorchRuntime.class.getClassLoader();
    BindingClasses.begin(jars);
    // First, and here: two natives that load at once on two threads take the JVM's locks in
    // opposite orders.
    if (NativeCore.available() && onlyLoads) {
      NativeCore.startQuickly();
    }
    lookUpReading();
    TorchBuilds.refuseTwo(jars, Loader.getPlatform());
    TestedBlas.initialize(jars);
    return UnpackedNatives.find(jars, Loader.getPlatform(), !onlyLoads);
  }

  /**
   * Has the JVM look up what the JDK reads files with. A plan beside libtorch would wait for that:
   * no function is looked up while a library is being loaded.
   */
  private static void lookUpReading() {
    Path any = Path.of(System.getProperty("java.home"), "release");
    try (FileChannel file = FileChannel.open(any)) {
      file.read(ByteBuffer.allocate(1), file.size() - 1);
      file.read(ByteBuffer.allocate(1));
    } catch (IOException e) {
      return; // Not every image of a JDK has the file, and nothing is lost but some time.
    }
  }

  private static Void loadNatives() throws InterruptedException, ExecutionException, IOException {
    PREPARATION.run(); // Does nothing if another thread does it, or has.
    UnpackedNatives natives = PREPARATION.get();
    if (natives != null) {
      natives.provide();
    }
    if (onlyLoads) {
      NativeCore.growHeap();
    }
    torch.empty(1).deallocate();
    return null;
  }

  /** Begins what comes before libtorch in a process that only loads, and does not wait. */
  public static synchronized void startQuickly() {
    onlyLoads = true;
    try {
      start(PREPARATION, "tenon-natives");
      preparing = true;
    } catch (OutOfMemoryError e) {
      return; // The system has no thread left. The load begins it, and says so if it cannot either.
    }
  }

  /** Starts libtorch if nobody has, and does not wait. */
  public static void warmUp() {
    startUp();
  }

  /** Whether the start-up is over, whatever came of it. */
  public static synchronized boolean isOver() {
    return startUp != null && startUp.isDone();
  }

  /**
   * What a load has to warn of: another libtorch has come since this one did.
   *
   * @return null if there is nothing, or libtorch is yet to come and will be refused beside another
   */
  public static @Nullable String warning() {
    return isOver() ? ForeignTorch.warning() : null;
  }

  /** Waits for a start-up that is under way, whatever comes of it; begins none. */
  public static void finish() {
    FutureTask<?> begun;
    synchronized (TorchRuntime.class) {
      begun = startUp != null ? startUp : preparing ? PREPARATION : null;
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
   * @throws TenonException if its natives are missing or do not load; it says why
   * @throws OutOfMemoryError if memory ran out on the way
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public static void require() throws InterruptedException {
    try {
      startUp().get();
    } catch (ExecutionException e) {
      throw StartFailure.of(e, TorchRuntime.class.getClassLoader());
    }
  }
}
