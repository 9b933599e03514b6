package dev.tenon.quantised.gguf;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.gguf.GgufTensor;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.Packing;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tensors of a GGUF model under the model's names: as they lie in the file where nothing was
 * done to them, else as weights that are unpacked with it undone.
 */
public final class GgufWeights {
  private final GgufModel model;
  private final List<Stored> entries = new ArrayList<>();

  private GgufWeights(GgufModel model) {
    this.model = model;
  }

  /**
   * What a GGUF model holds.
   *
   * @param model the checkpoint's
   * @return in the order of the files
   * @throws TenonException if a tensor is of a type that is not unpacked, or of another shape than
   *     what was done to it leaves, or a matrix of a known architecture has a name that is not
   */
  public static List<Stored> of(Checkpoint checkpoint, GgufModel model) {
    GgufWeights weights = new GgufWeights(model);
    for (TensorEntry entry : checkpoint.entries()) {
      weights.add(model.metadata().tensor(entry.name()), entry);
    }
    return weights.entries;
  }

  /** A tensor that is left as it is: of which type, and what its blocks stand for. */
  public static PackedWeight kept(GgufTensor tensor) {
    long columns = tensor.shape().dim(tensor.shape().rank() - 1);
    Layout layout = Layout.ggml(tensor.type().number(), tensor.rowBytes(), 0);
    Codes codes = new Codes(tensor.entry(), layout, tensor.rows(), columns);
    return new PackedWeight(
        tensor.name(),
        tensor.name(),
        tensor.shape(),
        null,
        Packing.of("gguf " + tensor.type().name().toLowerCase(Locale.ROOT)),
        Formula.plain(codes, new Numbers.Fixed()),
        List.of(tensor.name()));
  }

  private void add(GgufTensor tensor, TensorEntry entry) {
    if (model.isLeftOut(tensor.name())) {
      return;
    } else if (!tensor.type().unpacks()) {
      throw new TenonException(
          "A tensor is of a type of ggml's that Tenon does not unpack: file=%s, tensor=%s, type=%s"
              .formatted(tensor.file(), tensor.name(), tensor.type()));
    }
    Names.Name name = model.name(tensor.name());
    if (name == null) {
      requireKnown(tensor);
      entries.add(entry(tensor, tensor.name(), Change.NONE));
    } else if (name.change() == Change.STACKED) {
      experts(tensor, name.model(), entry);
    } else {
      entries.add(entry(tensor, name.model(), name.change()));
    }
  }

  /**
   * Where an architecture is known a matrix of another name holds what some slot lacks, in a way
   * nobody has described: that slot would be drawn at random.
   */
  private void requireKnown(GgufTensor tensor) {
    if (model.isKnown() && tensor.shape().rank() > 1) {
      throw new TenonException(
          "A matrix of a GGUF model has a name that is not known of its architecture: file=%s, tensor=%s, architecture=%s"
              .formatted(tensor.file(), tensor.name(), model.metadata().architecture()));
    }
  }

  private void experts(GgufTensor tensor, String name, TensorEntry entry) {
    if (tensor.shape().rank() != 3) {
      throw wrong(tensor, "is no stack of matrices");
    }
    long rows = tensor.shape().dim(1);
    Shape one = Shape.of(rows, tensor.shape().dim(2));
    for (long i = 0; i < tensor.shape().dim(0); i++) {
      GgufTensor expert =
          new GgufTensor(
              tensor.name(),
              tensor.type(),
              one,
              tensor.file(),
              tensor.offset() + i * rows * tensor.rowBytes());
      entries.add(entry(expert, name.replace("@", Long.toString(i)), Change.NONE));
    }
  }

  private Stored entry(GgufTensor tensor, String name, Change change) {
    DType dtype = tensor.type().dtype();
    if (dtype != null && (change == Change.NONE || !dtype.isFloatingPoint())) {
      return new TensorEntry(name, dtype, tensor.shape(), tensor.file(), tensor.offset(), null);
    } else if (change == Change.TRANSPOSED && tensor.shape().rank() != 2) {
      return entry(tensor, name, Change.NONE); // A bias of what is transposed.
    }
    TensorEntry stored = tensor.entry();
    long columns = tensor.shape().dim(tensor.shape().rank() - 1);
    long rows = tensor.rows();
    if (tensor.shape().rank() == 1 && isInHeads(change)) {
      rows = columns; // A bias: a number a row.
      columns = 1;
    }
    if (tensor.shape().elements() == 0) {
      throw wrong(tensor, "is empty");
    }
    Layout layout =
        Layout.ggml(
            tensor.type().number(),
            columns / tensor.type().elements() * tensor.type().bytes(),
            isInHeads(change) ? headRows(tensor, change, rows) : 0);
    Formula formula = Formula.plain(new Codes(stored, layout, rows, columns), new Numbers.Fixed());
    if (change == Change.PLUS_ONE) {
      formula =
          Formula.scaled(
                  formula.codes(),
                  formula.table(),
                  Operation.MINUS_SCALE,
                  new Numbers.Fixed(1),
                  rows,
                  columns)
              .with(Operation.MINUS_SCALE, new Numbers.Fixed(1));
    }
    Shape shape = tensor.shape();
    Shape strides = null;
    if (change == Change.TRANSPOSED) {
      strides = Shape.of(1, columns);
      shape = Shape.of(columns, rows);
    }
    String packing = "gguf " + tensor.type().name().toLowerCase(Locale.ROOT);
    return new Unpacked(name, shape, strides, formula, packing, List.of(stored));
  }

  private static boolean isInHeads(Change change) {
    return change == Change.QUERY_ROWS || change == Change.KEY_ROWS;
  }

  private long headRows(GgufTensor tensor, Change change, long rows) {
    Metadata metadata = model.metadata();
    Long heads = metadata.required("attention.head_count");
    if (change == Change.KEY_ROWS) {
      Long fewer = metadata.integer("attention.head_count_kv");
      heads = fewer == null ? heads : fewer;
    }
    if (heads < 1 || rows % heads != 0 || rows / heads % 2 != 0) {
      throw wrong(tensor, "has " + rows + " rows, which do not make " + heads + " heads");
    }
    return rows / heads;
  }

  private static TenonException wrong(GgufTensor tensor, String what) {
    return new TenonException(
        "A tensor is not what its architecture has under its name: file=%s, tensor=%s, reason=it %s"
            .formatted(tensor.file(), tensor.name(), what));
  }
}
