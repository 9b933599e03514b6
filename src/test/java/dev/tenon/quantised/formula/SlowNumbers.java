package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.Halves;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Formulas worked out in plain Java, a bit at a time: what the fast way is held against. */
public final class SlowNumbers {
  private SlowNumbers() {}

  /** All numbers, in row-major order. */
  public static float[] of(Numbers numbers) {
    if (numbers instanceof Numbers.Fixed fixed) {
      return fixed.values();
    } else if (numbers instanceof Numbers.Plain plain) {
      return plain(plain);
    } else if (numbers instanceof Numbers.Float8) {
      float[] values = new float[256];
      for (int code = 0; code < 256; code++) {
        values[code] = e4m3(code);
      }
      return values;
    }
    return formula((Formula) numbers);
  }

  private static float[] plain(Numbers.Plain plain) {
    ByteBuffer bytes = bytes(plain.entry());
    float[] values = new float[(int) plain.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (plain.dtype()) {
            case F32 -> bytes.getFloat(4 * i);
            case F16 -> Halves.fromFloat16(bytes.getShort(2 * i));
            case BF16 -> Halves.fromBfloat16(bytes.getShort(2 * i));
            case F8_E4M3 -> e4m3(bytes.get(i) & 0xff);
            case F8_E8M0 -> (float) Math.pow(2, (bytes.get(i) & 0xff) - 127);
            default -> throw new IllegalArgumentException(plain.dtype().toString());
          };
    }
    return values;
  }

  /** Four bits of exponent, three of mantissa; without NaN, which no test has. */
  private static float e4m3(int code) {
    int exponent = code >> 3 & 15;
    double mantissa = (code & 7) / 8.0 + (exponent == 0 ? 0 : 1);
    return (float) ((code > 127 ? -1 : 1) * mantissa * Math.pow(2, Math.max(1, exponent) - 7));
  }

  private static float[] formula(Formula formula) {
    int rows = (int) formula.codes().rows();
    int columns = (int) formula.codes().columns();
    float[] table = of(formula.table());
    float[] scales = formula.scales() == null ? null : of(formula.scales());
    float[] zeros = formula.zeros() == null ? null : of(formula.zeros());
    ByteBuffer bytes = bytes(formula.codes().entry());
    float[] values = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        float value = looked(formula, bytes, table, row, column);
        if (scales != null) {
          int at =
              place(formula.rowIndex(), row, formula.blockRows()) * (int) formula.gridColumns()
                  + place(formula.columnIndex(), column, formula.blockColumns());
          float zero = zeros == null ? 0 : zeros[zeros.length == 1 ? 0 : at];
          value = combined(formula.operation(), value, scales[at], zero);
        }
        values[row * columns + column] = value * formula.factor();
      }
    }
    return values;
  }

  private static float combined(Operation operation, float value, float scale, float zero) {
    return switch (operation) {
      case AS_IT_IS -> value;
      case SCALE -> value * scale;
      case DIVIDE -> value / scale;
      case MINUS_SCALE -> (value - zero) * scale;
      case SCALE_PLUS -> value * scale + zero;
      case SCALE_MINUS -> value * scale - zero;
    };
  }

  private static int place(Index index, int at, long block) {
    if (index instanceof Index.Blocks blocks) {
      return (int) blocks.of(at);
    }
    return index instanceof Index.Stored stored
        ? bytes(stored.entry()).getInt(4 * at)
        : (int) (at / block);
  }

  private static float looked(
      Formula formula, ByteBuffer bytes, float[] table, int row, int column) {
    Layout layout = formula.codes().layout();
    if (layout.kind() != Layout.Kind.BOOKS) {
      return table[code(layout, bytes, row, column)];
    }
    float sum = 0;
    int vector = layout.vector();
    for (int book = 0; book < layout.books(); book++) {
      long group = row * layout.pitch() + (long) column / vector * layout.books() + book;
      int code = bytes.get((int) group) & (1 << layout.bits()) - 1;
      float value = table[((book << layout.bits()) + code) * vector + column % vector];
      sum = book == 0 ? value : sum + value;
    }
    return sum;
  }

  private static int code(Layout layout, ByteBuffer bytes, int row, int column) {
    long start;
    if (layout.kind() == Layout.Kind.FIELDS) {
      start = 8 * (row % layout.stored() * layout.pitch() + (long) column * layout.unit());
      start += layout.firstShift() + row / layout.stored() * layout.shift();
    } else if (layout.kind() == Layout.Kind.DOWN) {
      start = -1;
    } else {
      start = 8 * row * layout.pitch() + (long) place(layout.order(), column) * layout.bits();
    }
    int code = 0;
    for (int i = 0; i < layout.bits(); i++) {
      long bit = start + i;
      if (start < 0) {
        int down = row * layout.bits() + i;
        bit = 8 * (down / 32 * layout.pitch() + 4L * column) + down % 32;
      }
      code |= (bytes.get((int) (bit / 8)) >> bit % 8 & 1) << i;
    }
    return code;
  }

  private static int place(Layout.Order order, int column) {
    return switch (order) {
      case IN_ORDER -> column;
      case HIGH_FIRST -> column % 2 == 0 ? column + 1 : column - 1;
      case AWQ -> column / 8 * 8 + Arrays.asList(0, 2, 4, 6, 1, 3, 5, 7).indexOf(column % 8);
      case HALVES -> column / 32 * 32 + column % 32 % 16 * 2 + column % 32 / 16;
    };
  }

  private static ByteBuffer bytes(TensorEntry entry) {
    try {
      byte[] all = Files.readAllBytes(entry.file());
      int from = (int) entry.offset();
      return ByteBuffer.wrap(Arrays.copyOfRange(all, from, from + (int) entry.bytes()))
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tensor of float32 in a file, which holds what a packed weight stands for. */
  public static TensorEntry plain(Unpacked weight, Path file) throws IOException {
    float[] values = of(weight.formula());
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
    return new TensorEntry(weight.name(), DType.F32, weight.shape(), file, 0, weight.strides());
  }
}
