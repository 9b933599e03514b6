package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.tensor.DType;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be done to a loaded model: moved, tied otherwise, closed. */
class LoadedTest {
  private final Loaded tied = Scenarios.load("gemma2-tied-source-only", EngineOptions.defaults());
  private final int embedding = slot("model.embed_tokens.weight");
  private final int head = slot("lm_head.weight");
  private final int rotary = slot("model.rotary_emb.inv_freq");

  private int slot(String name) {
    return tied.plan().skeleton().index().get(name);
  }

  @AfterEach
  void close() {
    tied.close();
  }

  @Test
  void tiedNamesHaveOneObjectAndOnePointer() {
    assertThat(tied.tensor(head)).isSameAs(tied.tensor(embedding));
    assertThat(tied.origin(head).kind()).isEqualTo(SlotOrigin.Kind.TIED);
    assertThat(tied.origin(head).from()).isEqualTo("model.embed_tokens.weight");
  }

  @Test
  void parametersAskForGradientsAndBuffersDoNot() {
    assertThat(tied.tensor(embedding).requires_grad()).isTrue();
    assertThat(tied.tensor(embedding).is_leaf()).isTrue();
    assertThat(tied.tensor(rotary).requires_grad()).isFalse();
  }

  @Test
  void aMoveKeepsTiesGradientsAndFixedDtypes() {
    Tensor before = tied.tensor(embedding);
    tied.to(Device.CPU, DType.BF16);
    assertThat(before.isNull()).isTrue();
    assertThat(tied.tensor(head)).isSameAs(tied.tensor(embedding));
    assertThat(tied.tensor(head).scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
    assertThat(tied.tensor(head).requires_grad()).isTrue();
    assertThat(tied.tensor(head).is_leaf()).isTrue();
    assertThat(tied.tensor(rotary).scalar_type().intern()).isEqualTo(ScalarType.Float);
  }

  @Test
  void aMoveThatChangesNothingKeepsEveryTensor() {
    Tensor before = tied.tensor(embedding);
    tied.to(Device.CPU, null);
    assertThat(tied.tensor(embedding)).isSameAs(before);
    assertThat(before.isNull()).isFalse();
  }

  @Test
  void untyingCopiesAndTyingSharesAgain() {
    String bytes = Bytes.crc32(tied.tensor(head));
    tied.bind(List.of());
    Tensor own = tied.tensor(head);
    assertThat(own.data_ptr()).isNotEqualTo(tied.tensor(embedding).data_ptr());
    assertThat(Bytes.crc32(own)).isEqualTo(bytes);
    assertThat(own.requires_grad()).isTrue();
    assertThat(tied.origin(head).kind()).isEqualTo(SlotOrigin.Kind.LOADED);

    tied.bind(List.of(new TieGroup(embedding, List.of(embedding, head))));
    assertThat(tied.tensor(head)).isSameAs(tied.tensor(embedding));
    assertThat(own.isNull()).isTrue();
    assertThat(tied.origin(head).kind()).isEqualTo(SlotOrigin.Kind.TIED);
  }

  @Test
  void slotsOfDifferentShapesAreNotTied() {
    assertThatThrownBy(
            () -> tied.bind(List.of(new TieGroup(embedding, List.of(embedding, rotary)))))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("slot=model.rotary_emb.inv_freq");
    assertThat(tied.tensor(head)).isSameAs(tied.tensor(embedding));
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> tied.to(new Device(Device.Kind.CUDA, 63), null))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("device=cuda:63");
    assertThatThrownBy(() -> tied.to(Device.DISK, null))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("device=disk");
  }

  @Test
  void closingTwiceIsClosingOnce() {
    Tensor tensor = tied.tensor(embedding);
    tied.close();
    tied.close();
    assertThat(tensor.isNull()).isTrue();
  }
}
