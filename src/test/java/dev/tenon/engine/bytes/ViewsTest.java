package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.Residency;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.Bindings;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.NativeMemory;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of one file that are made together are like those made one by one. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class ViewsTest {
  private static final int FLOATS = 64;

  @TempDir private Path directory;
  private Path one;
  private Path other;
  private Tensor[] tensors;

  @BeforeEach
  void view() throws IOException {
    one = file("one", 0);
    other = file("other", 1000);
    List<TensorEntry> entries =
        List.of(
            entry(one, DType.F32, Shape.of(2, 3), 4, null),
            entry(other, DType.F32, Shape.of(5), 8, null),
            entry(one, DType.U8, Shape.of(7), 3, null),
            entry(one, DType.F32, Shape.of(3, 2), 40, Shape.of(1, 3)),
            entry(one, DType.F32, Shape.SCALAR, 4 * (FLOATS - 1), null));
    tensors = new Tensor[entries.size()];
    try (ShardFiles files = new ShardFiles(List.of(), NativeCore.available());
        Tensors make = new Tensors(Device.CPU)) {
      Views views = new Views(new Reader(files, make, Device.CPU, Residency.MMAP), tensors);
      for (int i = 0; i < tensors.length; i++) {
        views.add(i, entries.get(i));
      }
      views.finish();
    }
  }

  @AfterEach
  void free() {
    Bindings.free(tensors, new Tensor[0]);
  }

  private Path file(String name, int first) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * FLOATS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < FLOATS; i++) {
      bytes.putFloat(first + i);
    }
    return Files.write(directory.resolve(name), bytes.array());
  }

  private static TensorEntry entry(Path file, DType dtype, Shape shape, long offset, Shape steps) {
    return new TensorEntry("any", dtype, shape, file, offset, steps);
  }

  private static float[] values(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      float[] values = new float[(int) tensor.numel()];
      new FloatPointer(tensor.contiguous().data_ptr()).get(values);
      return values;
    }
  }

  @Test
  void eachHasItsPlaceShapeAndDtype() {
    assertThat(values(tensors[0])).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(tensors[0].sizes().vec().get()).containsExactly(2, 3);
    assertThat(values(tensors[1])).containsExactly(1002, 1003, 1004, 1005, 1006);
    assertThat(tensors[2].scalar_type().intern()).isEqualTo(torch.ScalarType.Byte);
    assertThat(tensors[2].numel()).isEqualTo(7);
    assertThat(values(tensors[4])).containsExactly(FLOATS - 1);
    assertThat(tensors[4].dim()).isZero();
  }

  @Test
  void stridesAreTheFiles() {
    assertThat(tensors[3].strides().vec().get()).containsExactly(1, 3);
    assertThat(values(tensors[3])).containsExactly(10, 13, 11, 14, 12, 15);
  }

  @Test
  void theirAddressesAreKnown() {
    for (Tensor tensor : tensors) {
      assertThat(Tensors.address(tensor)).isEqualTo(tensor.data_ptr().address());
    }
    assertThat(Tensors.address(tensors[2]) - Tensors.address(tensors[0])).isEqualTo(3 - 4);
  }

  @Test
  void noneIsAViewToAutograd() {
    Tensor tensor = tensors[0];
    assertThat(tensor.is_view()).isFalse();
    assertThat(tensor._version()).isZero();
    tensor.set_requires_grad(true);
    try (PointerScope scope = new PointerScope()) {
      tensor.sum().backward();
      assertThat(values(tensor.grad())).containsOnly(1);
    }
    assertThat(tensors[3].requires_grad()).isFalse();
  }

  @Test
  void whatIsWrittenIsSeenByOthersAndNeverReachesTheFile() throws IOException {
    assumeTrue(NativeCore.available(), "without a native core libtorch maps the file");
    byte[] before = Files.readAllBytes(one);
    try (NoGradGuard none = new NoGradGuard();
        Scalar zero = new Scalar(0)) {
      tensors[0].fill_(zero);
    }
    assertThat(values(tensors[0])).containsOnly(0);
    try (Tensor bytes = tensors[2].to(torch.ScalarType.Float)) {
      assertThat(values(bytes)).containsExactly(0, 0, 0, 0, 0, 0, 0);
    }
    assertThat(Files.readAllBytes(one)).isEqualTo(before);
  }

  @Test
  void eachMayOutliveTheOthersAndItsFile() throws IOException {
    Files.delete(one);
    for (int i = 0; i < 4; i++) {
      tensors[i].close();
      assertThat(tensors[i].isNull()).isTrue();
    }
    assertThat(values(tensors[4])).containsExactly(FLOATS - 1);
  }

  @Test
  void whereOneCannotBeMadeNoneIsAndNothingIsLeft() {
    int held = NativeMemory.held();
    Tensor[] none = new Tensor[2];
    try (ShardFiles files = new ShardFiles(List.of(), NativeCore.available());
        Tensors make = new Tensors(Device.CPU)) {
      Views views = new Views(new Reader(files, make, Device.CPU, Residency.MMAP), none);
      views.add(0, entry(one, DType.F32, Shape.of(2), 0, null));
      views.add(1, entry(one, DType.F32, Shape.of(2), 4 * FLOATS, null));
      assertThatThrownBy(views::finish).hasMessageContaining("storage");
    }
    assertThat(none).containsOnlyNulls();
    assertThat(NativeMemory.held()).isEqualTo(held);
  }

  @Test
  void theMappingGoesWithTheLast() {
    assumeTrue(NativeCore.available(), "without a native core libtorch owns the mapping");
    int held = NativeMemory.held();
    tensors[1].close();
    assertThat(NativeMemory.held()).isEqualTo(held - 1);
    tensors[0].close();
    tensors[2].close();
    tensors[3].close();
    assertThat(NativeMemory.held()).isEqualTo(held - 1);
    tensors[4].close();
    assertThat(NativeMemory.held()).isEqualTo(held - 2);
  }
}
