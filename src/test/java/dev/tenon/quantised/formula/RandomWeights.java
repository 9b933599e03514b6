package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Packed weights of any kind, shape and grid, over files of any numbers. */
public final class RandomWeights {
  private final Path folder;
  private final Random random;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Path file;
  private int files;

  /** Weights whose files go into a folder. */
  public RandomWeights(Path folder, Random random) {
    this.folder = folder;
    this.random = random;
    this.file = folder;
  }

  /** A weight more, in a file of its own. */
  public Unpacked next() throws IOException {
    bytes.reset();
    file = folder.resolve("packed" + files++);
    int rows = 1 + random.nextInt(40);
    int columns = 8 * (1 + random.nextInt(20));
    Formula formula = formula(rows, columns, 2);
    Files.write(file, bytes.toByteArray());
    Shape shape = random.nextBoolean() ? Shape.of(rows, columns) : Shape.of(rows, columns / 8, 8);
    boolean turned = shape.rank() == 2 && random.nextBoolean();
    return turned
        ? new Unpacked("t", Shape.of(columns, rows), Shape.of(1, columns), formula, "", List.of())
        : new Unpacked("t", shape, null, formula, "", List.of());
  }

  private Formula formula(int rows, int columns, int depth) {
    Codes codes = codes(rows, columns);
    Layout layout = codes.layout();
    Numbers table =
        layout.kind() == Layout.Kind.BOOKS
            ? numbers((layout.books() << layout.bits()) * layout.vector(), DType.F32)
            : table(layout.bits());
    Operation operation = Operation.values()[random.nextInt(6)];
    if (operation == Operation.AS_IT_IS) {
      return Formula.plain(codes, table);
    }
    int blockRows = 1 + random.nextInt(rows);
    int blockColumns = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(columns);
    int gridRows = (rows + blockRows - 1) / blockRows;
    int gridColumns = (columns + blockColumns - 1) / blockColumns;
    Formula formula =
        Formula.scaled(
            codes, table, operation, grid(gridRows, gridColumns, depth), blockRows, blockColumns);
    if (operation.compareTo(Operation.MINUS_SCALE) >= 0) {
      boolean one = random.nextInt(4) == 0;
      Numbers zeros = one ? new Numbers.Fixed(0.3f) : grid(gridRows, gridColumns, depth);
      formula = formula.with(operation, zeros);
    }
    if (random.nextInt(3) == 0) {
      formula = formula.indexed(index(rows, gridRows), index(columns, gridColumns));
    }
    return random.nextInt(4) == 0 ? formula.times(0.007874016f) : formula;
  }

  private Numbers table(int bits) {
    return switch (random.nextInt(4)) {
      case 0 -> Tables.integers(bits, 1 << bits - 1);
      case 1 -> Tables.oneMore(bits);
      case 2 -> bits == 4 ? Tables.e2m1() : Tables.integers(bits, 0);
      default -> numbers(1 << bits, DType.BF16);
    };
  }

  private Numbers grid(int rows, int columns, int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return formula(rows, columns, 0);
    }
    DType[] dtypes = {DType.F32, DType.F16, DType.BF16, DType.F8_E4M3, DType.F8_E8M0};
    return numbers(rows * columns, dtypes[random.nextInt(dtypes.length)]);
  }

  private @Nullable Index index(int size, int grid) {
    if (random.nextBoolean()) {
      return size <= grid || random.nextBoolean()
          ? stored(size, grid)
          : new Index.Blocks(size, up(size, grid));
    }
    return stored(size, grid);
  }

  private static long up(int size, int grid) {
    return (size + grid - 1) / grid;
  }

  private Index stored(int size, int grid) {
    ByteBuffer indices = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      indices.putInt(random.nextInt(grid));
    }
    return new Index.Stored(entry(indices.array(), DType.I32, size));
  }

  private Codes codes(int rows, int columns) {
    int bits = 1 + random.nextInt(8);
    Layout layout =
        switch (random.nextInt(columns % 8 == 0 ? 7 : 5)) {
          case 0 -> Layout.down(bits, 4L * columns);
          case 1 -> fields(1 << random.nextInt(4), 1, rows, columns);
          case 2 -> fields(3, 4, rows, columns);
          case 5 -> Layout.books(bits, columns / 8 * 2, 1, 2, 8);
          case 3 ->
              Layout.along(
                  4, 4 * ((columns + 31) / 32 * 4), Layout.Order.values()[random.nextInt(4)]);
          default -> Layout.along(bits, (columns * bits + 7) / 8 + random.nextInt(3));
        };
    byte[] codes = new byte[(int) layout.bytes(rows, columns) + 1];
    random.nextBytes(codes);
    return new Codes(entry(codes, DType.U8, codes.length), layout, rows, columns);
  }

  private static Layout fields(int bits, int unit, int rows, int columns) {
    int fields = 8 * unit / bits;
    int first = bits * (fields - 1);
    return Layout.fields(
        bits, (long) columns * unit, unit, (rows + fields - 1) / fields, first, -bits);
  }

  private Numbers numbers(int count, DType dtype) {
    byte[] numbers = new byte[count * dtype.bits() / 8];
    random.nextBytes(numbers);
    for (int i = 0; i < numbers.length; i++) {
      // Of no type a NaN, an infinity or one far from one.
      int high = dtype.bits() == 8 ? (dtype == DType.F8_E8M0 ? 0x7f : 0xbf) : 0xbf;
      numbers[i] &= (byte) high;
      numbers[i] |= (byte) (dtype == DType.F8_E8M0 ? 0x78 : 0x30);
    }
    return new Numbers.Plain(entry(numbers, dtype, count), dtype);
  }

  private TensorEntry entry(byte[] data, DType dtype, long count) {
    int offset = bytes.size();
    bytes.writeBytes(data);
    return new TensorEntry("part", dtype, Shape.of(count), file, offset, null);
  }
}
