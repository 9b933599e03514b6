package dev.tenon.nativecore;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code native/include/tenon.h}, one to one. Primitives and arrays only, so that
 * a call crosses JNI without an object; JavaCPP writes the other side from these declarations.
 */
@Platform(include = "tenon.h", library = TenonLibrary.NAME)
final class TenonLibrary {
  /** {@code TENON_ABI} of the header these declarations were written for. */
  static final int ABI = 11;

  /** The library's name without the platform's prefix and suffix; it carries Tenon's version. */
  static final String NAME = "jnitenon-0.1.0";

  /** Whether it has been linked by now; {@link NativeLoader} does. */
  static volatile boolean linked;

  private TenonLibrary() {}

  /**
   * Calls what a load calls, with arguments that are refused. The JVM looks a function up at its
   * first call, and waits for that while any library is being loaded, such as libtorch.
   */
  static void lookUp() {
    long[] none = new long[1];
    bestIsa();
    libraries();
    createPool(0, 0, none);
    fill(0, none, 0, null, 0);
    open(new byte[1], none);
    stat(-1, none);
    map(-1, 0, none);
    cached(-1, 0, 0, none);
    populate(0, 0, 0);
    residency(0, 0, none);
    allocate(0, 0, 0, none);
    read(-1, 0, 0, 0);
    move(0, -1, none, 0, none);
    unpack(0, none, none, 0, none);
    equal(0, 0, 0, 0, none);
    free(0, 0);
    close(-1);
    closePool(0);
  }

  @Name("tenon_abi")
  static native int abi();

  @Name("tenon_best_isa")
  static native int bestIsa();

  @Name("tenon_error")
  static native String error(int status);

  @Name("tenon_start_quickly")
  static native void startQuickly();

  @Name("tenon_grow_heap")
  static native void growHeap();

  @Name("tenon_end_quickly")
  static native void endQuickly();

  @Name("tenon_libraries")
  static native long libraries();

  @Name("tenon_pool_create")
  static native int createPool(int threads, int isa, @Cast("int64_t*") long[] pool);

  @Name("tenon_pool_close")
  static native int closePool(long pool);

  @Name("tenon_fill")
  static native int fill(
      long pool,
      @Cast("const tenon_fill_item*") long[] items,
      long count,
      @Cast("const char*") byte @Nullable [] names,
      long seed);

  @Name("tenon_open")
  static native int open(@Cast("const char*") byte[] path, @Cast("int64_t*") long[] file);

  @Name("tenon_close")
  static native int close(long file);

  @Name("tenon_lock")
  static native int lock(@Cast("const char*") byte[] path, @Cast("int64_t*") long[] lock);

  @Name("tenon_stat")
  static native int stat(long file, @Cast("int64_t*") long[] state);

  @Name("tenon_read")
  static native int read(long file, long offset, long address, long length);

  @Name("tenon_move")
  static native int move(
      long pool,
      long file,
      @Cast("const tenon_move_item*") long[] items,
      long count,
      @Cast("int64_t*") long[] failed);

  @Name("tenon_unpack")
  static native int unpack(
      long pool,
      @Cast("const tenon_formula*") long[] formula,
      @Cast("const tenon_move_item*") long[] items,
      long count,
      @Cast("int64_t*") long[] failed);

  @Name("tenon_cached")
  static native int cached(long file, long offset, long length, @Cast("int64_t*") long[] counts);

  @Name("tenon_populate")
  static native int populate(long pool, long address, long length);

  @Name("tenon_residency")
  static native int residency(long address, long length, @Cast("int64_t*") long[] counts);

  @Name("tenon_allocate")
  static native int allocate(
      long pool, long length, int populate, @Cast("int64_t*") long[] address);

  @Name("tenon_map")
  static native int map(long file, long length, @Cast("int64_t*") long[] address);

  @Name("tenon_free")
  static native int free(long address, long length);

  @Name("tenon_equal")
  static native int equal(long pool, long a, long b, long length, @Cast("int64_t*") long[] equal);
}
