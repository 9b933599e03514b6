package dev.tenon.plan.box;

/** Sizes with one dimension more, one less, or two exchanged; copies. */
public final class Dims {
  private Dims() {}

  /** A dimension counted from the first; negative ones count from the last. */
  static int index(int dim, int rank) {
    int index = dim < 0 ? rank + dim : dim;
    if (index < 0 || index >= rank) {
      throw new IllegalArgumentException("there is no dimension " + dim + " among " + rank);
    }
    return index;
  }

  static long[] insert(long[] dims, int at, long value) {
    long[] more = new long[dims.length + 1];
    System.arraycopy(dims, 0, more, 0, at);
    more[at] = value;
    System.arraycopy(dims, at, more, at + 1, dims.length - at);
    return more;
  }

  static long[] remove(long[] dims, int at) {
    long[] fewer = new long[dims.length - 1];
    System.arraycopy(dims, 0, fewer, 0, at);
    System.arraycopy(dims, at + 1, fewer, at, fewer.length - at);
    return fewer;
  }

  public static long[] swap(long[] dims, int first, int second) {
    long[] swapped = dims.clone();
    swapped[first] = dims[second];
    swapped[second] = dims[first];
    return swapped;
  }
}
