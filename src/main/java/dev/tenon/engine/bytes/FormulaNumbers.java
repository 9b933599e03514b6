package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.nativecore.MoveBatch;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.PackedValues;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Index;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.tensor.DType;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The scales, zeros, tables and indices of one weight's formula, brought into memory as float32 and
 * int32, those that are packed themselves unpacked first.
 */
final class FormulaNumbers implements AutoCloseable {
  private final ShardFiles shards;
  private final LazyCore core;
  private final NativeRoom room;
  private String name = "";

  FormulaNumbers(ShardFiles shards, LazyCore core) {
    this.shards = shards;
    this.core = core;
    this.room = new NativeRoom(core);
  }

  /** All but the codes, whose address is still to come; good until the next call. */
  PackedValues of(Formula formula, String weight) {
    name = weight;
    room.reset(bytes(formula));
    return values(formula);
  }

  /** Bytes of all that {@link #values} takes. */
  private static long bytes(Formula formula) {
    long bytes = bytes(formula.table());
    bytes += formula.scales() == null ? 0 : bytes(formula.scales());
    Numbers zeros = formula.zeros();
    if (zeros != null) {
      bytes += bytes(zeros);
      bytes += NativeRoom.rounded(4 * formula.gridRows() * formula.gridColumns());
    }
    bytes += formula.rowIndex() == null ? 0 : NativeRoom.rounded(4 * formula.codes().rows());
    bytes += formula.columnIndex() == null ? 0 : NativeRoom.rounded(4 * formula.codes().columns());
    return bytes;
  }

  private static long bytes(Numbers numbers) {
    long own = NativeRoom.rounded(4 * numbers.count());
    if (numbers instanceof Formula formula) {
      return own + bytes(formula) + NativeRoom.rounded(formula.codes().entry().bytes());
    }
    return own + NativeRoom.rounded(256);
  }

  private PackedValues values(Formula formula) {
    Codes codes = formula.codes();
    Layout layout = codes.layout();
    long grid = formula.gridRows() * formula.gridColumns();
    long zeros = at(formula.zeros());
    if (formula.zeros() != null && formula.zeros().count() != grid) {
      zeros = repeated(zeros, grid);
    }
    return new PackedValues(1, codes.rows(), codes.columns(), at(formula.table()))
        .layout(
            layout.kind().ordinal(),
            layout.order().ordinal(),
            layout.bits(),
            layout.pitch(),
            layout.unit(),
            layout.stored(),
            layout.firstShift(),
            layout.shift(),
            layout.books(),
            layout.vector())
        .operation(formula.operation().ordinal(), at(formula.scales()), zeros)
        .grid(
            formula.gridRows(), formula.gridColumns(), formula.blockRows(), formula.blockColumns())
        .index(at(formula.rowIndex(), codes.rows()), at(formula.columnIndex(), codes.columns()))
        .factor(formula.factor());
  }

  private long at(@Nullable Numbers numbers) {
    if (numbers == null) {
      return 0;
    }
    long to = room.take(4 * numbers.count());
    if (numbers instanceof Numbers.Plain plain) {
      TensorEntry entry = plain.entry();
      plain(entry, plain.dtype(), numbers.count(), to);
    } else if (numbers instanceof Numbers.Fixed fixed) {
      new Floats(to).put(fixed.values(), 0, fixed.values().length);
    } else if (numbers instanceof Numbers.Float8 float8) {
      float8(float8.dtype(), to);
    } else if (numbers instanceof Formula formula) {
      unpack(formula, to);
    }
    return to;
  }

  private void plain(TensorEntry entry, DType dtype, long count, long to) {
    if (shards.isNative(entry.file())) {
      MoveBatch batch = new MoveBatch().add(entry.offset(), to, count, dtype, DType.F32);
      shards.nativeFile(entry.file()).read(core.get(), batch);
      return;
    }
    try (NativeRoom stored = new NativeRoom(core)) {
      long bytes = dtype.bytes(count);
      stored.reset(NativeRoom.rounded(bytes));
      long from = stored.take(bytes);
      shards.read(entry.file(), core.get(), entry.offset(), from, bytes);
      core.get().copy(new MoveBatch().add(from, to, count, dtype, DType.F32));
    }
  }

  private void float8(DType dtype, long to) {
    int[] codes = new int[64];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = 0x03020100 + i * 0x04040404;
    }
    long from = room.take(256);
    new Ints(from).put(codes, 0, codes.length);
    core.get().copy(new MoveBatch().add(from, to, 256, dtype, DType.F32));
  }

  private void unpack(Formula formula, long to) {
    TensorEntry entry = formula.codes().entry();
    PackedValues values = values(formula);
    long codes = room.take(entry.bytes());
    NativeCore open = core.get();
    shards.read(entry.file(), open, entry.offset(), codes, entry.bytes());
    MoveBatch all = new MoveBatch();
    // From float32 to float32, but of a source that is made as it is read.
    all.add(0, to, DType.F32, DType.F32).axis(2, formula.count(), 4, 4);
    open.unpack(values.codes(codes), all, "tensor=" + name + ", ");
  }

  private long repeated(long one, long count) {
    long to = room.take(4 * count);
    MoveBatch batch = new MoveBatch();
    batch.add(one, to, DType.F32, DType.F32).axis(2, count, 0, 4);
    core.get().copy(batch);
    return to;
  }

  private long at(@Nullable Index index, long count) {
    if (index == null) {
      return 0;
    }
    long to = room.take(4 * count);
    if (index instanceof Index.Stored stored) {
      TensorEntry entry = stored.entry();
      shards.read(entry.file(), core.get(), entry.offset(), to, 4 * count);
    } else if (index instanceof Index.Blocks blocks) {
      int[] rows = new int[Math.toIntExact(count)];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = Math.toIntExact(blocks.of(row));
      }
      new Ints(to).put(rows, 0, rows.length);
    }
    return to;
  }

  @Override
  public void close() {
    room.close();
  }

  private static final class Floats extends FloatPointer {
    Floats(long at) {
      super((Pointer) null);
      address = at;
    }
  }

  private static final class Ints extends IntPointer {
    Ints(long at) {
      super((Pointer) null);
      address = at;
    }
  }
}
