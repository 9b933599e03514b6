package dev.tenon.quantised.formula;

/**
 * Where the codes of a matrix lie in bytes.
 *
 * @param kind in which way
 * @param order how codes of 4 bits follow each other, of {@link Kind#ALONG}
 * @param bits of a code
 * @param pitch bytes from a row of units or of blocks to the next
 * @param unit bytes of a unit of {@link Kind#FIELDS}, or of a code of {@link Kind#BOOKS}; the
 *     number of the type of {@link Kind#GGML}
 * @param stored rows of units, of {@link Kind#FIELDS}; of {@link Kind#GGML} the rows of a head, if
 *     the rows of its two halves are stored in turn, else 0
 * @param firstShift and the lowest bit of the first field
 * @param shift and how far from it the next field is
 * @param books how many, of {@link Kind#BOOKS}
 * @param vector and how many columns a code stands for
 */
public record Layout(
    Kind kind,
    Order order,
    int bits,
    long pitch,
    int unit,
    long stored,
    int firstShift,
    int shift,
    int books,
    int vector) {

  /** As the native core numbers them. */
  public enum Kind {
    /** A stream of bits a row, the lowest first. */
    ALONG,
    /** A stream a column, of 32-bit words. */
    DOWN,
    /** Row {@code r} is a field of the units of row {@code r % stored}. */
    FIELDS,
    /** Codes of vectors, the sum of one from each book. */
    BOOKS,
    /** Blocks of a type of ggml's, which says all of what their values are. */
    GGML
  }

  /** As the native core numbers them. */
  public enum Order {
    /** The lower half of each byte first. */
    IN_ORDER,
    /** The upper half of each byte first. */
    HIGH_FIRST,
    /** In words of eight, as columns 0 2 4 6 1 3 5 7. */
    AWQ,
    /** Of each 32, the lower halves of 16 bytes and then the upper ones. */
    HALVES
  }

  /** Streams along rows that are so many bytes apart. */
  public static Layout along(int bits, long pitch) {
    return along(bits, pitch, Order.IN_ORDER);
  }

  /** Streams along rows, in another order. */
  public static Layout along(int bits, long pitch, Order order) {
    return new Layout(Kind.ALONG, order, bits, pitch, 1, 0, 0, 0, 0, 0);
  }

  /** Streams down columns. */
  public static Layout down(int bits, long pitch) {
    return new Layout(Kind.DOWN, Order.IN_ORDER, bits, pitch, 4, 0, 0, 0, 0, 0);
  }

  /** Fields of units, each of another part of the rows. */
  public static Layout fields(
      int bits, long pitch, int unit, long stored, int firstShift, int shift) {
    return new Layout(
        Kind.FIELDS, Order.IN_ORDER, bits, pitch, unit, stored, firstShift, shift, 0, 0);
  }

  /** Codes of vectors. */
  public static Layout books(int bits, long pitch, int unit, int books, int vector) {
    return new Layout(Kind.BOOKS, Order.IN_ORDER, bits, pitch, unit, 0, 0, 0, books, vector);
  }

  /**
   * Blocks of a type of ggml's.
   *
   * @param type its number
   * @param head rows of a head whose two halves are stored in turn, or 0
   */
  public static Layout ggml(int type, long pitch, long head) {
    return new Layout(Kind.GGML, Order.IN_ORDER, 8, pitch, type, head, 0, 0, 0, 0);
  }

  /** The first stored row that has something of rows from this one on. */
  public long firstRow(long row) {
    return kind == Kind.GGML && stored > 0 ? row / stored * stored : row;
  }

  /** The stored row after the last that has something of rows before this one. */
  public long endRow(long row) {
    return kind == Kind.GGML && stored > 0 ? up(row, stored) * stored : row;
  }

  /** Whether rows lie one after the other, so that some can be read without the rest. */
  public boolean byRows() {
    return kind == Kind.ALONG || kind == Kind.BOOKS || kind == Kind.GGML;
  }

  /**
   * Bytes that so many rows and columns of codes take.
   *
   * @throws ArithmeticException if they cannot be counted
   */
  public long bytes(long rows, long columns) {
    return switch (kind) {
      case ALONG -> Math.addExact(Math.multiplyExact(rows - 1, pitch), row(columns));
      case DOWN -> Math.multiplyExact(up(Math.multiplyExact(rows, (long) bits), 32), pitch);
      case FIELDS -> Math.multiplyExact(stored, pitch);
      case BOOKS, GGML -> Math.multiplyExact(rows, pitch);
    };
  }

  private long row(long columns) {
    long codes =
        switch (order) {
          case IN_ORDER -> columns;
          case HIGH_FIRST -> 2 * up(columns, 2);
          case AWQ -> 8 * up(columns, 8);
          case HALVES -> 32 * up(columns, 32);
        };
    return up(Math.multiplyExact(codes, (long) bits), 8);
  }

  /** Whole parts that hold so much. */
  public static long up(long whole, long part) {
    return whole / part + (whole % part == 0 ? 0 : 1);
  }
}
