package dev.tenon.plan.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Assembly;
import dev.tenon.plan.RandomSteps;
import dev.tenon.plan.Step;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What steps move, and how few moves that is. */
class MovesTest {
  private static final int BYTES = 64 << 10;

  @TempDir Path folder;

  private Path file(Random random) throws IOException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Files.write(folder.resolve("weights"), bytes);
  }

  @Test
  void whatConversionsRearrangeArrivesWhereTheyPutIt() throws IOException {
    Random random = new Random(1);
    RandomSteps steps = new RandomSteps(file(random), BYTES, random);
    DType[] dtypes = {DType.U8, DType.BF16, DType.F32, DType.F64};
    for (int i = 0; i < 400; i++) {
      DType dtype = dtypes[i % dtypes.length];
      Step.Assemble step = steps.assemble(dtype, dtype);
      byte[] expected = Assembly.bytes(step);
      byte[] slot = new byte[expected.length];
      Arrays.fill(slot, (byte) 0xff);
      SlowMoves.carryOut(Moves.of(0, step), slot);
      assertThat(slot).as("step %d: %s", i, step).isEqualTo(expected);
    }
  }

  @Test
  void elementsInAnyStridesArriveInRowMajorOrder() throws IOException {
    Random random = new Random(2);
    Path file = file(random);
    byte[] stored = Files.readAllBytes(file);
    RandomSteps steps = new RandomSteps(file, BYTES, random);
    for (int i = 0; i < 400; i++) {
      Step.Read step = steps.read(DType.BF16, DType.BF16);
      TensorEntry entry = step.plain();
      int elements = (int) entry.shape().elements();
      byte[] slot = new byte[2 * elements];
      SlowMoves.carryOut(Moves.of(0, step), slot);
      for (int element = 0; element < elements; element++) {
        int at = (int) (entry.offset() + 2 * stored(entry, element));
        assertThat(slot[2 * element]).as("step %d: %s", i, step).isEqualTo(stored[at]);
        assertThat(slot[2 * element + 1]).isEqualTo(stored[at + 1]);
      }
    }
  }

  private static long stored(TensorEntry entry, long element) {
    long[] strides = entry.strides() == null ? entry.shape().rowMajor() : entry.strides().dims();
    long at = 0;
    for (int dim = strides.length - 1; dim >= 0; dim--) {
      at += element % entry.shape().dim(dim) * strides[dim];
      element /= entry.shape().dim(dim);
    }
    return at;
  }

  @Test
  void partsOfAMoveAreTheMove() throws IOException {
    Random random = new Random(3);
    RandomSteps steps = new RandomSteps(file(random), BYTES, random);
    for (int i = 0; i < 200; i++) {
      Step step = steps.assemble(DType.F32, DType.F32);
      int size = (int) step.bytes();
      byte[] whole = new byte[size];
      byte[] pieces = new byte[size];
      List<Move> parts = new ArrayList<>();
      long most = 4 + random.nextInt(100);
      for (Move move : Moves.of(0, step)) {
        parts.addAll(move.parts(most));
      }
      assertThat(parts).allSatisfy(part -> assertThat(part.bytes()).isLessThanOrEqualTo(most));
      SlowMoves.carryOut(Moves.of(0, step), whole);
      SlowMoves.carryOut(parts, pieces);
      assertThat(pieces).as("step %d in parts of %d: %s", i, most, step).isEqualTo(whole);
    }
  }

  private static Move only(Step step) {
    List<Move> moves = Moves.of(7, step);
    assertThat(moves).hasSize(1);
    return moves.get(0);
  }

  private Step.Read read(@Nullable Shape strides, DType dtype, long... dims) {
    Shape shape = Shape.of(dims);
    TensorEntry entry = new TensorEntry("t", DType.BF16, shape, folder.resolve("w"), 10, strides);
    Slot slot = new Slot("t", shape, dtype, Slot.Role.PARAMETER, false, true);
    return new Step.Read(slot, dtype, entry);
  }

  @Test
  void aTensorAsItIsIsOneRunWhateverItsRank() {
    Move move = only(read(null, DType.F32, 3, 1, 5, 7));
    assertThat(move.axes()).containsExactly(new Axis(105, 2, 4));
    assertThat(move.kind()).isEqualTo(Move.Kind.RUN);
    assertThat(move.converts()).isTrue();
    assertThat(move.slot()).isEqualTo(7);
    assertThat(move.bytes()).isEqualTo(210);
    assertThat(move.runs()).isEqualTo(1);
  }

  @Test
  void aTransposedTensorIsReadForwards() {
    Move move = only(read(Shape.of(1, 3), DType.BF16, 3, 5));
    assertThat(move.axes()).containsExactly(new Axis(5, 6, 2), new Axis(3, 2, 10));
    assertThat(move.kind()).isEqualTo(Move.Kind.ELEMENTS);
    assertThat(move.runs()).isEqualTo(5);
  }

  @Test
  void columnsAreRows() {
    Move move = only(read(Shape.of(100, 1), DType.BF16, 3, 5));
    assertThat(move.axes()).containsExactly(new Axis(3, 200, 10), new Axis(5, 2, 2));
    assertThat(move.kind()).isEqualTo(Move.Kind.ROWS);
    assertThat(move.runs()).isEqualTo(3);
  }

  @Test
  void aScalarHasNoAxisAndWhatIsEmptyNoMove() {
    assertThat(only(read(null, DType.BF16)).axes()).isEmpty();
    assertThat(Moves.of(0, read(null, DType.BF16, 0, 4))).isEmpty();
  }
}
