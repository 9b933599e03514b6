package dev.tenon.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What the reference was given and what it answered, see {@code src/test/python/compute.py}. */
final class Golden implements AutoCloseable {
  private static final Path FILES = Path.of("src/test/resources/compute");

  private final Model tensors;

  Golden(String name) {
    tensors = Tenon.load(file(name + "-golden.safetensors"), LoadOptions.defaults());
  }

  static Path file(String name) {
    return FILES.resolve(name);
  }

  static Model load(String name) {
    return Tenon.load(file(name), LoadOptions.defaults());
  }

  Tensor get(String name) {
    return tensors.tensor(name);
  }

  /** Every element agrees to 1e-4. */
  @SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
  void assertAnswer(String name, Tensor actual) {
    try (PointerScope scope = new PointerScope()) {
      assertThat(actual.shape()).isEqualTo(get(name).shape());
      assertThat(actual.sub(get(name)).abs().max().item_float()).isLessThan(1e-4f);
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
