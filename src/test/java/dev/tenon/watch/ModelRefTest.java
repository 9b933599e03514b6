package dev.tenon.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.Lease;
import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRefTest {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-tied-source-only");
  private static final String HEAD = "lm_head.weight";

  private final Model first = load();

  private static Model load() {
    return Tenon.load(CHECKPOINT, LoadOptions.defaults());
  }

  private static void assertFreed(Model model, Tensor tensor) {
    assertThat(tensor.isNull()).isTrue();
    assertThatThrownBy(model::tied).hasMessageContaining("closed");
  }

  @Test
  void aReaderKeepsItsVersionUntilItLeaves() {
    try (ModelRef ref = new ModelRef(first);
        Model second = load()) {
      Lease old = ref.acquire();
      Lease alsoOld = ref.acquire();
      Tensor head = old.model().tensor(HEAD);

      ref.swap(second);

      assertThat(ref.<Model>using(model -> model)).isSameAs(second);
      assertThat(old.model().tensor(HEAD).numel()).isEqualTo(head.numel());
      old.close();
      old.close();
      assertThat(head.isNull()).isFalse();
      alsoOld.close();
      assertFreed(first, head);
    }
  }

  @Test
  void aVersionWithoutReadersIsFreedAtOnce() {
    Tensor head = first.tensor(HEAD);
    try (ModelRef ref = new ModelRef(first)) {
      ref.swap(load());
      assertFreed(first, head);
    }
  }

  @Test
  void closingFreesWithTheLastReader() {
    Tensor head = first.tensor(HEAD);
    ModelRef ref = new ModelRef(first);
    Lease lease = ref.acquire();

    ref.close();
    ref.close();

    assertThatThrownBy(ref::acquire)
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("closed");
    assertThat(lease.model().tensor(HEAD)).isSameAs(head);
    lease.close();
    assertFreed(first, head);
  }

  @Test
  void aClosedReferenceTakesNoModelOver() {
    ModelRef ref = new ModelRef(load());
    ref.close();
    assertThatThrownBy(() -> ref.swap(first)).hasMessageContaining("closed");
    assertThatThrownBy(() -> ref.reload(CHECKPOINT, LoadOptions.defaults()))
        .hasMessageContaining("closed");
    assertThat(first.tied()).hasSize(1);
    first.close();
  }

  @Test
  void aLeasedModelIsNeitherChangedNorClosed() {
    try (ModelRef ref = new ModelRef(first)) {
      try (Lease lease = ref.acquire()) {
        Model model = lease.model();
        assertThatThrownBy(() -> model.tieWordEmbeddings(false)).hasMessageContaining("in use");
        assertThatThrownBy(model::close).hasMessageContaining("in use: calls=1");
      }
      first.tieWordEmbeddings(false);
      assertThat(ref.using(Model::tied)).isEmpty();
    }
  }

  @Test
  void aModelClosedByHandIsSaidToBe() {
    ModelRef ref = new ModelRef(first);
    first.close();
    assertThatThrownBy(ref::acquire).hasMessageContaining("closed by its own close method");
    ref.close();
  }

  @Test
  void theCurrentModelIsNotSetAgain() {
    try (ModelRef ref = new ModelRef(first)) {
      assertThatThrownBy(() -> ref.swap(first)).hasMessageContaining("already");
      assertThat(ref.using(Model::tied)).hasSize(1);
    }
  }

  @Test
  void aFailedReloadKeepsTheVersionThatIsThere(@TempDir Path empty) {
    try (ModelRef ref = new ModelRef(first)) {
      assertThatThrownBy(() -> ref.reload(empty, LoadOptions.defaults()))
          .hasMessageContaining("No weights");
      assertThat(ref.<Model>using(model -> model)).isSameAs(first);
      assertThat(ref.reload(CHECKPOINT, LoadOptions.defaults()).missing()).isEmpty();
      assertThat(ref.<Model>using(model -> model)).isNotSameAs(first);
      assertThatThrownBy(first::tied).hasMessageContaining("closed");
    }
  }
}
