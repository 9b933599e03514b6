package dev.tenon.lang;

/** A daemon beside the thread that begins it, which also waits for its end. */
public final class SideThread {
  private final Thread thread;

  private SideThread(Thread thread) {
    this.thread = thread;
  }

  /**
   * Begins work.
   *
   * @throws OutOfMemoryError if the system has no thread left
   */
  public static SideThread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return new SideThread(thread);
  }

  /** Begins work that can be done without: not at all where the system has no thread left. */
  public static void startIfThereIsRoom(String name, Runnable work) {
    try {
      start(name, work);
    } catch (OutOfMemoryError e) {
      return; // What the work is for goes on without it, later or slower.
    }
  }

  public String name() {
    return thread.getName();
  }

  public void interrupt() {
    thread.interrupt();
  }

  /** Waits until it has ended, whoever interrupts the caller, who then is interrupted still. */
  public void join() {
    join(thread);
  }

  /**
   * Waits until a thread has ended, whoever interrupts the caller, who then is interrupted still.
   */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
