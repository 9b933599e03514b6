package dev.tenon.plan.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Models;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.PlanText;
import dev.tenon.plan.Planner;
import dev.tenon.plan.Step;
import dev.tenon.plan.save.SavePlan;
import dev.tenon.plan.save.StoredTensor;
import dev.tenon.quantised.Headers;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans in which packed weights stay what the files hold. */
class KeepingTest {
  private static final PlanOptions KEEP = new PlanOptions(null, false, List.of(), true);
  private static final Conversion EXPERTS =
      new Conversion(
          "",
          List.of("mlp.experts.*.gate.weight", "mlp.experts.*.up.weight"),
          List.of("mlp.experts.gate_up"),
          List.of(new Operation.Stack(0), new Operation.Concatenate(1)));

  @TempDir Path directory;

  /** Adds a weight of bytes that share one scale. */
  private static Headers fp8(Headers headers, String name, long... dims) {
    return headers.add(DType.F8_E4M3, name, dims).add(DType.F32, name + "_scale");
  }

  private LoadPlan keep(Headers headers, Models model) throws IOException {
    return PlanText.plan(headers.open(directory), model, KEEP);
  }

  /** A model whose slots are what files hold once they are unpacked. */
  private static Models plain(LoadPlan unpacked) {
    Models model = new Models();
    for (Step step : unpacked.steps()) {
      model.parameter(step.slot().name(), step.slot().shape().dims());
    }
    return model;
  }

  /** Names a save writes. */
  private static List<String> saved(LoadPlan plan) {
    List<TensorEntry> slots = new ArrayList<>();
    for (Step step : plan.steps()) {
      if (!(step instanceof Step.Tied)) {
        slots.add(SavePlan.slot(step.slot().name(), step.dtype(), step.slot().shape()));
      }
    }
    return SavePlan.of(plan.skeleton(), plan.dialect(), slots).stream()
        .map(StoredTensor::name)
        .toList();
  }

  private List<String> stored() {
    return Checkpoint.open(directory, null).entries().stream().map(TensorEntry::name).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aqlm-2x8",
        "awq-gemm-g128",
        "awq-gemm-g64-tied",
        "bitnet-packed",
        "ct-fp8-channel",
        "ct-int8-w8a8",
        "ct-mxfp4",
        "ct-nvfp4",
        "fp8-block-deepseek-192rows",
        "gptq-4bit-g32-desc-act-zeros",
        "gptq-8bit-channel",
        "modelopt-fp8-tensor",
        "modelopt-nvfp4",
        "mxfp4-gpt-oss",
        "quanto-int8",
        "torchao-float8"
      })
  void everyTensorOfTheFilesIsASlotAsItIs(String layout) throws IOException {
    Headers headers = Headers.of(layout);
    Checkpoint checkpoint = headers.open(directory);
    Quantisation said = Quantisation.of(headers.config());
    LoadPlan unpacked = Planner.plan(checkpoint, said, PlanOptions.DEFAULT);

    LoadPlan plan =
        Planner.plan(checkpoint, plain(unpacked).skeleton(), headers.config(), said, KEEP);

    Map<String, TensorEntry> stored = new HashMap<>();
    checkpoint.entries().forEach(entry -> stored.put(entry.name(), entry));
    assertThat(plan.steps()).hasSameSizeAs(stored.keySet());
    for (Step step : plan.steps()) {
      TensorEntry entry = stored.get(step.slot().name());
      assertThat(((Step.Read) step).entry()).isEqualTo(entry);
      assertThat(step.dtype()).isEqualTo(entry.dtype());
      assertThat(step.slot().shape()).isEqualTo(entry.shape());
    }
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.unexpected()).isEmpty();
    assertThat(plan.warnings()).noneMatch(warning -> warning.contains("unpacked as they"));
    List<String> weights = plan.packed().stream().map(PackedWeight::name).toList();
    assertThat(weights)
        .containsExactlyInAnyOrderElementsOf(
            unpacked.steps().stream()
                .filter(Step::unpacks)
                .map(step -> step.slot().name())
                .toList());
  }

  @Test
  void whatThePackingIsSaidByTheWeightsName() throws IOException {
    Headers headers = Headers.of("gptq-4bit-g32-desc-act-zeros");
    LoadPlan plan = Planner.plan(headers.open(directory), Quantisation.of(headers.config()), KEEP);
    PackedWeight weight = plan.packed().get(0);
    assertThat(weight.name()).isEqualTo("model.layers.0.mlp.down_proj.weight");
    assertThat(weight.packing()).hasToString("gptq 4 bits g32");
    assertThat(weight.shape()).isEqualTo(Shape.of(256, 128));
    assertThat(weight.strides()).isEqualTo(Shape.of(1, 256));
    assertThat(weight.zeroOffset()).isEqualTo(1);
    assertThat(weight.order()).isEqualTo(Layout.Order.IN_ORDER);
    assertThat(weight.tensors())
        .allMatch(name -> name.startsWith("model.layers.0.mlp.down_proj."))
        .startsWith("model.layers.0.mlp.down_proj.qweight");
  }

  @Test
  void partsAreCalledAfterTheModulesOfTheModel() throws IOException {
    Headers headers = fp8(new Headers(), "old.layers.0.q.weight", 4, 2);
    headers.add(DType.F32, "old.layers.0.q.k_scale");
    Models model = new Models().parameter("model.layers.0.query.weight", 4, 2).basePrefix("model");
    model.rename("", "^old\\.", "model.").rename("", "\\.q\\.", ".query.");

    LoadPlan plan = keep(headers, model);

    assertThat(PlanText.steps(plan))
        .containsExactly(
            "model.layers.0.query.weight < old.layers.0.q.weight",
            "model.layers.0.query.weight_scale < old.layers.0.q.weight_scale",
            "model.layers.0.query.k_scale < old.layers.0.q.k_scale");
    assertThat(plan.steps().get(2).slot().role()).isEqualTo(Slot.Role.BUFFER);
    assertThat(saved(plan)).containsExactlyInAnyOrderElementsOf(stored());
  }

  @Test
  void whatTheModelPutsTogetherStaysInItsParts() throws IOException {
    Headers headers = new Headers().add(DType.F16, "h.0.moe.router.weight", 2, 2);
    for (int i = 0; i < 2; i++) {
      fp8(headers, "h.0.moe.experts." + i + ".gate.weight", 4, 2);
      headers.add(DType.F16, "h.0.moe.experts." + i + ".up.weight", 4, 2);
      headers.add(DType.F16, "h.1.moe.experts." + i + ".gate.weight", 4, 2);
      headers.add(DType.F16, "h.1.moe.experts." + i + ".up.weight", 4, 2);
    }
    Models model =
        new Models()
            .parameter("h.0.mlp.router.weight", 2, 2)
            .parameter("h.0.mlp.experts.gate_up", 2, 8, 2)
            .parameter("h.1.mlp.experts.gate_up", 2, 8, 2)
            .rename("", "\\.moe\\.", ".mlp.")
            .convert(EXPERTS);

    LoadPlan plan = keep(headers, model);

    assertThat(PlanText.steps(plan))
        .containsExactlyInAnyOrder(
            "h.0.mlp.router.weight < h.0.moe.router.weight",
            "h.0.mlp.experts.0.gate.weight < h.0.moe.experts.0.gate.weight",
            "h.0.mlp.experts.0.gate.weight_scale < h.0.moe.experts.0.gate.weight_scale",
            "h.0.mlp.experts.0.up.weight < h.0.moe.experts.0.up.weight",
            "h.0.mlp.experts.1.gate.weight < h.0.moe.experts.1.gate.weight",
            "h.0.mlp.experts.1.gate.weight_scale < h.0.moe.experts.1.gate.weight_scale",
            "h.0.mlp.experts.1.up.weight < h.0.moe.experts.1.up.weight",
            "h.1.mlp.experts.gate_up < 4 pieces");
    assertThat(plan.packed())
        .extracting(PackedWeight::name, PackedWeight::slot)
        .containsExactly(
            tuple("h.0.mlp.experts.0.gate.weight", "h.0.mlp.experts.gate_up"),
            tuple("h.0.mlp.experts.1.gate.weight", "h.0.mlp.experts.gate_up"));
    assertThat(saved(plan)).containsExactlyInAnyOrderElementsOf(stored());
  }

  @Test
  void aLayoutThatNothingHasAnyMoreIsNotSavedIn() throws IOException {
    Headers headers = new Headers();
    for (int i = 0; i < 2; i++) {
      fp8(headers, "h.0.moe.experts." + i + ".gate.weight", 4, 2);
      fp8(headers, "h.0.moe.experts." + i + ".up.weight", 4, 2);
    }
    headers.add(DType.F16, "h.0.moe.norm.weight", 2);
    Models model =
        new Models()
            .parameter("h.0.mlp.experts.gate_up", 2, 8, 2)
            .parameter("h.0.mlp.norm.weight", 2)
            .rename("", "\\.moe\\.", ".mlp.")
            .convert(EXPERTS);
    LoadPlan plan = keep(headers, model);
    assertThat(plan.packed()).hasSize(4);
    assertThat(plan.dialect().conversions()).isEmpty();
    assertThat(saved(plan)).containsExactlyInAnyOrderElementsOf(stored());
  }

  @Test
  void aTieHoldsForTheWholeSet() throws IOException {
    Models model =
        new Models()
            .parameter("head.weight", 4, 2)
            .parameter("embed.weight", 4, 2)
            .parameter("second.weight", 4, 2)
            .tie("head.weight", "embed.weight")
            .tie("second.weight", "embed.weight");

    LoadPlan plan = keep(fp8(new Headers(), "embed.weight", 4, 2), model);

    assertThat(PlanText.steps(plan))
        .containsExactly(
            "head.weight = embed.weight",
            "head.weight_scale = embed.weight_scale",
            "embed.weight < embed.weight",
            "embed.weight_scale < embed.weight_scale",
            "second.weight = embed.weight",
            "second.weight_scale = embed.weight_scale");
    assertThat(saved(plan)).containsExactlyInAnyOrderElementsOf(stored());
    assertThat(plan.packed())
        .extracting(PackedWeight::name)
        .containsExactly("head.weight", "embed.weight", "second.weight");
    assertThat(plan.skeleton().ties())
        .contains(new Tie("head.weight_scale", "embed.weight_scale"))
        .hasSize(4);
  }

  @Test
  void aSetIsTiedIfAllOfItIsEqualAndElseNoneOfIt() throws IOException {
    Models model =
        new Models()
            .parameter("embed.weight", 4, 2)
            .parameter("head.weight", 4, 2)
            .tie("head.weight", "embed.weight");
    Headers headers = fp8(fp8(new Headers(), "embed.weight", 4, 2), "head.weight", 4, 2);

    LoadPlan plan = keep(headers, model);

    assertThat(plan.candidates()).hasSize(2);
    assertThat(PlanText.steps(plan.resolve(tie -> true)))
        .contains("head.weight = embed.weight", "head.weight_scale = embed.weight_scale");
    LoadPlan parted = plan.resolve(tie -> plan.steps().get(tie.target()).bytes() == 4);
    assertThat(parted.ties()).isEmpty();
    assertThat(parted.parted()).hasSize(2);
    assertThat(parted.packed()).hasSize(2);
  }

  @Test
  void whatIsPackedOnOneSideAloneIsNotTied() throws IOException {
    Models model =
        new Models()
            .parameter("embed.weight", 4, 2)
            .parameter("head.weight", 4, 2)
            .tie("head.weight", "embed.weight");
    Headers headers = new Headers().add(DType.F16, "embed.weight", 4, 2);

    LoadPlan plan = keep(fp8(headers, "head.weight", 4, 2), model);

    assertThat(plan.candidates()).isEmpty();
    assertThat(plan.parted()).containsExactly(new Tie("head.weight", "embed.weight"));
    assertThat(plan.warnings()).anyMatch(warning -> warning.contains("packed in different ways"));
    assertThat(plan.skeleton().ties()).isEmpty();
  }

  @Test
  void plainTensorsKeepTheFilesDTypeUnlessOneIsAskedFor() throws IOException {
    Headers headers =
        fp8(new Headers(), "a.weight", 4, 2).add(DType.F16, "b", 2).add(DType.F32, "c", 2);
    Models model = new Models().parameter("a.weight", 4, 2).parameter("b", 2).parameter("c", 2);
    List<DType> scales = List.of(DType.F8_E4M3, DType.F32);
    assertThat(keep(headers, model).steps())
        .extracting(Step::dtype)
        .startsWith(scales.toArray(DType[]::new))
        .endsWith(DType.F16, DType.F32);
    PlanOptions half = new PlanOptions(DType.BF16, false, List.of(), true);
    assertThat(PlanText.plan(headers.open(directory), model, half).steps())
        .extracting(Step::dtype)
        .startsWith(scales.toArray(DType[]::new))
        .endsWith(DType.BF16, DType.BF16);
  }

  @Test
  void aPlainCheckpointIsLoadedAsEver() throws IOException {
    Headers headers = new Headers().add(DType.F16, "a", 2).add(DType.F32, "b", 2);
    Models model = Models.of("a", "b");
    assertThat(keep(headers, model))
        .isEqualTo(PlanText.plan(headers.open(directory), model, PlanOptions.DEFAULT));
  }

  @Test
  void twoTensorsOfOneNameAreRefused() throws IOException {
    Models model = new Models().parameter("a.weight", 4, 2).parameter("b.weight_scale");
    model.rename("", "^c$", "b.weight_scale").rename("", "^a\\.", "b.");
    model.parameter("b.weight", 4, 2);
    Headers headers = fp8(new Headers(), "a.weight", 4, 2).add(DType.F32, "c");
    assertThatThrownBy(() -> keep(headers, model))
        .hasMessageContaining("Two tensors would have one name")
        .hasMessageContaining("tensor=b.weight_scale, remedy=");
  }
}
