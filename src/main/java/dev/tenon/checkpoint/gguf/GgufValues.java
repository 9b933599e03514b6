package dev.tenon.checkpoint.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Values of metadata, by the numbers their types have. */
final class GgufValues {
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** Items of a list that is kept. */
  private static final int MOST_ITEMS = 1 << 12;

  /** Lists of lists, of which no file that is known has any. */
  private static final int MOST_DEPTH = 4;

  private final GgufInput in;

  GgufValues(GgufInput in) {
    this.in = in;
  }

  Object read(String key) throws IOException {
    return read(key, in.i32(), 0);
  }

  private Object read(String key, int type, int depth) throws IOException {
    return switch (type) {
      case 0 -> (long) in.u8();
      case 1 -> (long) (byte) in.u8();
      case 2 -> (long) (in.i16() & 0xffff);
      case 3 -> (long) in.i16();
      case 4 -> in.i32() & 0xffffffffL;
      case 5 -> (long) in.i32();
      case 6 -> Float.intBitsToFloat(in.i32());
      case 7 -> flag(key);
      case STRING -> in.text(key);
      case ARRAY -> array(key, depth);
      case 10, 11 -> in.i64();
      case 12 -> Double.longBitsToDouble(in.i64());
      default ->
          throw in.bad("A metadata value is of a type that is not known", "key", key, "type", type);
    };
  }

  private boolean flag(String key) throws IOException {
    int value = in.u8();
    if (value > 1) {
      throw in.bad("A flag is neither true nor false", "key", key, "value", value);
    }
    return value == 1;
  }

  private GgufArray array(String key, int depth) throws IOException {
    int type = in.i32();
    long count = in.count(key, least(type));
    if (type == ARRAY && depth == MOST_DEPTH) {
      throw in.bad("Lists in lists, too many", "key", key, "allowed", MOST_DEPTH);
    }
    boolean kept = type != STRING && type != ARRAY && count <= MOST_ITEMS;
    List<Object> values = new ArrayList<>();
    if (kept || type == STRING || type == ARRAY) {
      for (long i = 0; i < count; i++) {
        if (type == STRING) {
          in.skip(in.count(key, 1));
        } else if (kept) {
          values.add(read(key, type, depth + 1));
        } else {
          read(key, type, depth + 1);
        }
      }
    } else {
      read(key, type, depth + 1); // Refuses a type nobody knows.
      in.skip((count - 1) * least(type));
    }
    return new GgufArray(count, values);
  }

  /** The bytes an item takes at least; as many as it takes, of all but texts and lists. */
  private static int least(int type) {
    return switch (type) {
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      case STRING, 10, 11, 12 -> 8;
      case ARRAY -> 12;
      default -> 1;
    };
  }
}
