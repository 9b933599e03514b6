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

  /** Ranges of a slot, however its elements lie in the file, and nothing beyond them. */
  @Test
  void whatLiesInARangeOfTheSlotIsMovedThere() throws IOException {
    Random random = new Random(5);
    byte[] numbers = Files.readAllBytes(file(random));
    for (int i = 0; i < BYTES; i++) {
      numbers[i] &= (byte) 0xbf; // Of no type a NaN, wherever it begins.
    }
    Path file = Files.write(folder.resolve("numbers"), numbers);
    RandomSteps steps = new RandomSteps(file, BYTES, random);
    DType[] dtypes = {DType.BF16, DType.F32};
    for (int i = 0; i < 400; i++) {
      DType from = dtypes[random.nextInt(2)];
      DType to = dtypes[random.nextInt(2)];
      Step step = i % 2 == 0 ? steps.assemble(from, to) : steps.read(from, to);
      List<Move> moves = Moves.of(0, step);
      byte[] expected = new byte[(int) step.bytes()];
      SlowMoves.carryOut(moves, expected);
      int size = to.bits() / 8;
      int elements = expected.length / size;
      int first = random.nextInt(elements);
      int end = first + 1 + random.nextInt(elements - first);
      byte[] slot = new byte[expected.length];
      long moved = 0;
      for (Move move : moves) {
        List<Move> inside = move.within((long) first * size, (long) end * size);
        SlowMoves.carryOut(inside, slot);
        for (Move part : inside) {
          moved += part.elements();
        }
      }
      assertThat(moved).as("step %d: %s", i, step).isEqualTo(end - first);
      byte[] wanted = new byte[expected.length];
      System.arraycopy(expected, first * size, wanted, first * size, (end - first) * size);
      assertThat(slot).as("step %d: %s", i, step).isEqualTo(wanted);
    }
  }

  @Test
  void aLargeRangeIsFewMoves() {
    TensorEntry entry =
        new TensorEntry("t", DType.BF16, Shape.of(256_000, 2304), Path.of("f"), 8, null);
    Step.Read step =
        new Step.Read(
            new Slot("t", entry.shape(), DType.F32, Slot.Role.PARAMETER, true, true),
            DType.F32,
            entry);
    Move move = Moves.of(0, step).get(0);
    assertThat(move.within(1 << 29, (1 << 29) + (32 << 20)))
        .singleElement()
        .satisfies(
            part -> {
              assertThat(part.target()).isEqualTo(1 << 29);
              assertThat(part.source()).isEqualTo(8 + (1 << 28));
              assertThat(part.bytes()).isEqualTo(16 << 20);
            });
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
