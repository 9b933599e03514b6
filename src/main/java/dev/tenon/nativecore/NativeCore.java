package dev.tenon.nativecore;

import dev.tenon.TenonException;
import org.jspecify.annotations.Nullable;

/**
 * A handle on the native core, and the owner of its threads. Any number may be open; any number of
 * threads may use one. Its threads sleep between calls and do not keep the process from ending.
 */
@SuppressWarnings("try") // A use ends by being closed; nothing refers to it.
public final class NativeCore implements AutoCloseable {
  private final Guard guard = new Guard("native core");
  private final int threads;
  private final long pool;

  private NativeCore(int threads, int isa) {
    this.threads = threads;
    long[] handle = new long[1];
    Status.check(
        TenonLibrary.createPool(threads, isa, handle),
        "Cannot start the native core",
        "threads=" + threads + ", isa=" + isa);
    pool = handle[0];
  }

  /**
   * Why there is no native core on this machine, or null if there is one.
   *
   * @throws TenonException if {@code dev.tenon.nativecore.library} names a library that is none of
   *     this version, or the one of the jar cannot be linked
   */
  public static @Nullable String unavailable() {
    return NativeLoader.unavailable();
  }

  /** Whether {@link #load()} works: {@link #unavailable()} is null. */
  public static boolean available() {
    return unavailable() == null;
  }

  /**
   * Opens a handle with a thread for each processor and the widest instructions they have.
   *
   * @throws TenonException if there is no native core, see {@link #unavailable()}
   */
  public static NativeCore load() {
    return load(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Opens a handle.
   *
   * @param threads that work on a call, the caller's own among them; from 1 to 1024
   * @throws TenonException if there is no native core, see {@link #unavailable()}
   */
  public static NativeCore load(int threads) {
    return open(threads, 0);
  }

  /** Opens a handle that uses these instructions and none wider. */
  static NativeCore load(int threads, InstructionSet set) {
    return open(threads, set.code());
  }

  private static NativeCore open(int threads, int isa) {
    String reason = unavailable();
    if (reason != null) {
      throw new TenonException("There is no native core: " + reason);
    }
    return new NativeCore(threads, isa);
  }

  /** The widest instructions this processor has kernels for. */
  public static InstructionSet bestInstructionSet() {
    String reason = unavailable();
    if (reason != null) {
      throw new TenonException("There is no native core: " + reason);
    }
    return InstructionSet.values()[TenonLibrary.bestIsa() - 1];
  }

  /** Whether the library has been linked by now; does not link it. */
  public static boolean isLinked() {
    return TenonLibrary.linked;
  }

  /**
   * For a process that starts, loads and ends. Has the workers of an OpenBLAS that is loaded from
   * now on sleep at once, not after they have spun for 30 ms, as processes that multiply matrices
   * want them to, unless {@code OPENBLAS_THREAD_TIMEOUT} is set; and leaves HotSpot's compilers
   * what time the other threads do not take. Changes nothing where the native core has not been
   * linked.
   */
  public static void startQuickly() {
    if (isLinked()) {
      TenonLibrary.startQuickly();
    }
  }

  /**
   * For such a process: has the heap of the calling thread, on which libtorch will be loaded, grow
   * by what that takes at once; glibc's thresholds for keeping and for mapping memory are fixed
   * from then on. Changes nothing where the C library is not glibc, the environment has settings
   * for its malloc, or the native core has not been linked.
   */
  public static void growHeap() {
    if (isLinked()) {
      TenonLibrary.growHeap();
    }
  }

  /**
   * Has {@code exit} leave out the exit handlers and destructors of the libraries loaded so far,
   * where the C library is glibc and the native core has been linked; else changes nothing.
   */
  public static void endQuickly() {
    if (isLinked()) {
      TenonLibrary.endQuickly();
    }
  }

  /**
   * How many libraries this process has linked by now: it grows with each. Takes less than a
   * microsecond.
   *
   * @return 0 where the system does not tell, or the native core has not been linked
   */
  public static long libraries() {
    return isLinked() ? TenonLibrary.libraries() : 0;
  }

  /** Threads that work on a call, the caller's own among them. */
  public int threads() {
    return threads;
  }

  /**
   * Fills all runs of a batch. Values depend on the seed, the parameter's name and the element's
   * index, and on nothing else: not on threads, order, instructions, or how a parameter is cut.
   *
   * @throws TenonException if memory for the call itself is short
   */
  public void fill(FillBatch batch) {
    try (Guard.Use use = guard.use()) {
      Status.check(batch.run(pool), "Cannot fill parameters", "runs=" + batch.size());
    }
  }

  /**
   * Copies, and converts, all items of a batch, whose sources are addresses.
   *
   * @throws TenonException if a source is address 0, or memory for the call itself is short
   */
  public void copy(MoveBatch batch) {
    move(-1, batch, "Cannot copy tensors", "");
  }

  /**
   * Unpacks values into all items of a batch, whose sources are places among them as if they were
   * float32 in row-major order, in bytes from the first; each item is from float32.
   *
   * @param facts what an error names, {@code key=value} and a comma after each
   * @throws TenonException if the values' description does not hold together, an index in it is
   *     beyond its grid, or an item wants what there is not
   */
  public void unpack(PackedValues values, MoveBatch batch, String facts) {
    try (Guard.Use use = guard.use()) {
      long[] failed = new long[1];
      int status = TenonLibrary.unpack(pool, values.words(), batch.items(), batch.size(), failed);
      if (status != 0) {
        throw PackedValues.failure(status, batch, failed[0], facts);
      }
    }
  }

  void move(long file, MoveBatch batch, String action, String facts) {
    try (Guard.Use use = guard.use()) {
      long[] failed = new long[1];
      int status = TenonLibrary.move(pool, file, batch.items(), batch.size(), failed);
      Status.check(status, action, facts + batch.facts(failed[0]));
    }
  }

  /**
   * The part of a range of a file that is in the page cache, from 0 to 1; 1 of an empty range. Asks
   * {@code cachestat}, and where the kernel has or grants none, for each page of the mapping. The
   * cache changes at any time, so it is a hint.
   *
   * @param address where the range is mapped
   * @throws TenonException if the range is not mapped
   */
  public double cached(NativeFile file, long offset, long bytes, long address) {
    long[] counts = new long[2];
    try (Guard.Use use = guard.use()) {
      if (file.cached(offset, bytes, counts) != 0) {
        return residency(address, bytes);
      }
    }
    return counts[1] == 0 ? 1 : (double) counts[0] / (double) counts[1];
  }

  /**
   * Maps in every page of a range for reading, so that no access to it faults any more. Pages of a
   * file that are not in memory are read.
   *
   * @throws TenonException if the range is not mapped, or its file cannot be read or has shrunk
   */
  public void populate(long address, long bytes) {
    try (Guard.Use use = guard.use()) {
      Status.check(
          TenonLibrary.populate(pool, address, bytes),
          "Cannot bring pages in",
          range(address, bytes));
    }
  }

  /**
   * The part of a mapped range's pages that are in memory, from 0 to 1; 1 of an empty range. The
   * page cache changes at any time, so it is a hint.
   *
   * @throws TenonException if the range is not mapped
   */
  public double residency(long address, long bytes) {
    try (Guard.Use use = guard.use()) {
      long[] counts = new long[2];
      Status.check(
          TenonLibrary.residency(address, bytes, counts),
          "Cannot tell which pages are in memory",
          range(address, bytes));
      return counts[1] == 0 ? 1 : (double) counts[0] / (double) counts[1];
    }
  }

  /**
   * Zeroed memory that begins at a multiple of 2 MiB and is made of huge pages where the kernel has
   * them. The caller frees it with {@link #free}, before or after this handle is closed.
   *
   * @param bytes at least 1
   * @param populate whether to touch all of it now, in parallel, rather than when it is written
   * @return its address
   * @throws TenonException if there is not so much memory
   */
  public long allocate(long bytes, boolean populate) {
    try (Guard.Use use = guard.use()) {
      long[] address = new long[1];
      Status.check(
          TenonLibrary.allocate(pool, bytes, populate ? 1 : 0, address),
          "Cannot allocate memory",
          "bytes=" + bytes);
      return address[0];
    }
  }

  /**
   * Gives memory of {@link #allocate} or {@link NativeFile#map} back.
   *
   * @param address what it returned
   * @param bytes what it was asked for
   * @throws TenonException if that is no such range
   */
  public static void free(long address, long bytes) {
    Status.check(TenonLibrary.free(address, bytes), "Cannot free memory", range(address, bytes));
  }

  /** Whether two ranges of memory hold the same bytes; compared in parallel. */
  public boolean equal(long a, long b, long bytes) {
    try (Guard.Use use = guard.use()) {
      long[] equal = new long[1];
      Status.check(
          TenonLibrary.equal(pool, a, b, bytes, equal),
          "Cannot compare memory",
          "a=" + a + ", b=" + b + ", bytes=" + bytes);
      return equal[0] == 1;
    }
  }

  private static String range(long address, long bytes) {
    return "address=" + address + ", bytes=" + bytes;
  }

  /**
   * Ends the threads. A second time does nothing.
   *
   * @throws TenonException if a call is running; the handle then stays open
   */
  @Override
  public void close() {
    if (guard.close()) {
      Status.check(
          TenonLibrary.closePool(pool), "Cannot close the native core", "threads=" + threads);
    }
  }
}
