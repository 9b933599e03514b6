package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.engine.Loaded;
import dev.tenon.plan.Planner;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.save.SavePlan;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** What is written of a tensor is what libtorch makes of it, larger than what is held at once. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class SavedBytesTest {
  private static final Shape TALL = Shape.of(3000, 2000);
  private static final Shape NARROW = Shape.of(3000, 500);
  private static final Shape EXPERTS = Shape.of(3, 40, 50);

  private interface Check {
    void run(Loaded loaded, SavedBytes bytes) throws IOException;
  }

  private static void with(Check check) throws IOException {
    List<Slot> slots = List.of(slot("tall", TALL), slot("narrow", NARROW), slot("e", EXPERTS));
    List<InitStep> steps = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      steps.add(new InitStep(i, new InitRule.Normal(0, 1)));
    }
    Skeleton skeleton =
        new Skeleton(
            "Test", "test", "", slots, List.of(), steps, Patterns.NONE, List.of(), List.of());
    try (Loaded loaded =
            Engine.load(
                Planner.initialize(skeleton, DType.F32),
                List.of(),
                EngineOptions.defaults(),
                LoadListener.NONE);
        PointerScope scope = new PointerScope()) {
      check.run(loaded, new SavedBytes(loaded.skeleton(), loaded::tensor));
    }
  }

  private static Slot slot(String name, Shape shape) {
    return new Slot(name, shape, DType.F32, Slot.Role.PARAMETER, false, true);
  }

  private static Piece piece(String name, Shape of, Box source, Box target, Piece.Transpose swap) {
    return new Piece(SavePlan.slot(name, DType.F32, of), source, target, swap);
  }

  private static int written(SavedBytes bytes, Shape shape, Piece... pieces) throws IOException {
    StoredTensor stored = new StoredTensor("x", DType.F32, shape, NewTensor.ALONE, List.of(pieces));
    CRC32 crc = new CRC32();
    bytes.tensor(stored).content().writeTo(crc::update);
    return (int) crc.getValue();
  }

  @Test
  void aTransposedTensor() throws IOException {
    Shape wide = Shape.of(2000, 3000);
    with(
        (loaded, bytes) -> {
          Box all = Box.whole(wide);
          Piece swapped = piece("tall", TALL, all, all, new Piece.Transpose(0, 1));

          assertThat(written(bytes, wide, swapped))
              .isEqualTo(TensorDigest.crc32(loaded.tensor(0).transpose(0, 1)));
        });
  }

  @Test
  void twoTensorsSideBySide() throws IOException {
    with(
        (loaded, bytes) -> {
          Piece left = piece("tall", TALL, Box.whole(TALL), Box.whole(TALL), null);
          Box beside = new Box(Shape.of(0, 2000), NARROW);
          Piece right = piece("narrow", NARROW, Box.whole(NARROW), beside, null);
          Tensor both = torch.cat(new TensorVector(loaded.tensor(0), loaded.tensor(1)), 1);

          assertThat(written(bytes, Shape.of(3000, 2500), left, right))
              .isEqualTo(TensorDigest.crc32(both));
        });
  }

  @Test
  void onePartOfAStack() throws IOException {
    with(
        (loaded, bytes) -> {
          Box upper = new Box(Shape.of(1, 20, 0), Shape.of(1, 20, 50));
          Piece part = piece("e", EXPERTS, upper, Box.whole(Shape.of(20, 50)), null);

          assertThat(written(bytes, Shape.of(20, 50), part))
              .isEqualTo(TensorDigest.crc32(loaded.tensor(2).select(0, 1).narrow(0, 20, 20)));
        });
  }

  @Test
  void columnsOfOnePartOfAStack() throws IOException {
    with(
        (loaded, bytes) -> {
          Box right = new Box(Shape.of(2, 0, 30), Shape.of(1, 40, 20));
          Piece part = piece("e", EXPERTS, right, Box.whole(Shape.of(40, 20)), null);

          assertThat(written(bytes, Shape.of(40, 20), part))
              .isEqualTo(TensorDigest.crc32(loaded.tensor(2).select(0, 2).narrow(1, 30, 20)));
        });
  }

  @Test
  void nothing() throws IOException {
    with(
        (loaded, bytes) -> {
          Shape none = Shape.of(0, 500);
          Piece part = piece("narrow", NARROW, Box.whole(none), Box.whole(none), null);

          assertThat(written(bytes, none, part)).isZero();
        });
  }
}
