package dev.tenon.plan.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Where modules go on made-up machines. What is expected of {@code cuda} is what {@code
 * infer_auto_device_map} and {@code get_balanced_memory} of accelerate answer for the same models
 * and budgets.
 */
class PlacerTest {
  private static final Device GPU = Device.cuda(0);
  private static final Device NEXT = Device.cuda(1);

  /** 75 104 bytes: words and head of 6400 each, six layers of 10 368. */
  private static final LoadPlan LLAMA = plan("LlamaForCausalLM", "llama", 2);

  /** 69 476 bytes: words of 6400, which the head is tied to, six layers of 10 496. */
  private static final LoadPlan GEMMA = plan("Gemma2ForCausalLM", "gemma2", 2);

  private static LoadPlan plan(String className, String modelType, int heads) {
    Config config =
        Config.defaults(
            "model_type", modelType,
            "vocab_size", 100,
            "hidden_size", 16,
            "num_hidden_layers", 6,
            "num_attention_heads", heads,
            "num_key_value_heads", heads,
            "head_dim", 8,
            "intermediate_size", 32);
    return Planner.initialize(Families.skeleton(className, config), DType.F32);
  }

  /** Devices by module: layers by their number, the rest by what they are called. */
  private static Map<String, Device> placed(
      LoadPlan plan, String request, Map<Device, Long> budgets) {
    Placement placement = Placer.place(plan, DeviceRequest.parse(request), budgets);
    Map<String, Device> modules = new LinkedHashMap<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      String[] segments = plan.steps().get(i).slot().name().split("\\.");
      String module = segments[1].equals("layers") ? segments[2] : segments[segments.length - 2];
      Device device = placement.devices().get(i);
      assertThat(modules.getOrDefault(module, device)).as(module).isEqualTo(device);
      modules.put(module, device);
    }
    return modules;
  }

  @Test
  void balancedGivesEachGpuAboutAsMuch() {
    Map<Device, Long> two = Map.of(GPU, 1_000_000_000L, NEXT, 1_000_000_000L);

    assertThat(placed(LLAMA, "balanced", two))
        .contains(entry("embed_tokens", GPU), entry("2", GPU), entry("3", NEXT))
        .contains(entry("lm_head", NEXT), entry("norm", NEXT))
        .isEqualTo(placed(LLAMA, "auto", two));
    assertThat(placed(GEMMA, "balanced", two))
        .contains(entry("embed_tokens", GPU), entry("lm_head", GPU), entry("1", GPU))
        .contains(entry("2", NEXT), entry("5", NEXT), entry("norm", NEXT));
  }

  @Test
  void sequentialFillsOneBeforeTheNext() {
    Map<Device, Long> large = Map.of(GPU, 1_000_000_000L, NEXT, 1_000_000_000L);
    assertThat(placed(LLAMA, "sequential", large).values()).containsOnly(GPU);

    Map<Device, Long> small = Map.of(GPU, 30_000L, NEXT, 30_000L, Device.CPU, 1_000_000_000L);
    assertThat(placed(LLAMA, "sequential", small))
        .contains(entry("embed_tokens", GPU), entry("0", GPU), entry("1", NEXT), entry("2", NEXT))
        .contains(entry("3", Device.CPU), entry("lm_head", Device.CPU));
    assertThat(placed(GEMMA, "sequential", small))
        .contains(entry("lm_head", GPU), entry("0", GPU), entry("2", NEXT), entry("3", Device.CPU));
  }

  @Test
  void aLayerIsNotSplitAndWhatComesAfterGoesNotBack() {
    Map<Device, Long> budgets = Map.of(GPU, 30_000L, NEXT, 10_000L, Device.CPU, 1_000_000L);

    assertThat(placed(LLAMA, "sequential", budgets))
        .contains(entry("0", GPU), entry("1", Device.CPU), entry("norm", Device.CPU))
        .doesNotContainValue(NEXT);
  }

  @Test
  void withoutAGpuAllIsOnTheCpu() {
    Map<Device, Long> cpu = Map.of(Device.CPU, Long.MAX_VALUE);
    for (String strategy : new String[] {"auto", "balanced", "sequential"}) {
      assertThat(placed(LLAMA, strategy, cpu).values()).containsOnly(Device.CPU);
    }
  }

  @Test
  void modulesGoWhereTheyAreSent() {
    assertThat(placed(LLAMA, "model.layers=cuda:1,model.layers.5=meta,=cpu,lm_head=cuda", Map.of()))
        .contains(entry("0", NEXT), entry("5", Device.META), entry("lm_head", GPU))
        .contains(entry("embed_tokens", Device.CPU), entry("norm", Device.CPU));
  }

  @Test
  void prefixesEndWhereSegmentsDo() {
    assertThatThrownBy(() -> placed(LLAMA, "model.layer=cuda,=cpu", Map.of()))
        .isInstanceOf(TenonException.class)
        .hasMessage("The model has no such modules: modules=[model.layer]");
    assertThatThrownBy(() -> placed(LLAMA, "model=cuda", Map.of()))
        .hasMessageContaining("leaves tensors out: first=lm_head.weight, count=1");
  }

  @Test
  void aTiedSlotIsWhereItsOwnerIs() {
    LoadPlan plan = GEMMA;
    DeviceRequest apart = DeviceRequest.parse("lm_head=cuda:1,=cuda:0");

    Placement placement = Placer.place(plan, apart, Map.of());

    assertThat(placement.devices()).containsOnly(GPU);
    assertThat(placement.warnings())
        .containsExactly(
            "A tied tensor is where its owner is: tensor=lm_head.weight,"
                + " owner=model.embed_tokens.weight, device=cuda:0, asked=cuda:1");
  }

  @Test
  void whatIsNotStoredCannotStayOnDisk() {
    Placement placement = Placer.place(LLAMA, DeviceRequest.parse("disk"), Map.of());

    assertThat(placement.devices()).containsOnly(Device.CPU);
    assertThat(placement.warnings())
        .singleElement()
        .asString()
        .contains("take memory in place of disk: first=model.embed_tokens.weight, count=57");
  }

  @Test
  void moreThanTheBudgetIsRefused() {
    assertThatThrownBy(() -> placed(LLAMA, "cuda:0", Map.of(GPU, 75_000L)))
        .hasMessage(
            "More goes on a device than it may hold: device=cuda:0, bytes=75072, budget=75000");
    assertThat(placed(GEMMA, "cuda:0", Map.of(GPU, 70_000L)).values()).containsOnly(GPU);
  }

  @Test
  void aRequestThatIsNoneIsRefused() {
    assertThatThrownBy(() -> DeviceRequest.parse("gpu")).hasMessageContaining("device=gpu");
    assertThatThrownBy(() -> DeviceRequest.parse("a=cpu,b")).hasMessageContaining("part=b");
    assertThatThrownBy(() -> DeviceRequest.parse("a=cpu,a=cuda")).hasMessageContaining("module=a");
    assertThatThrownBy(() -> DeviceRequest.parse("a=tpu")).hasMessageContaining("device=tpu");
    assertThat(DeviceRequest.parse("cuda").single()).isEqualTo(GPU);
    assertThat(DeviceRequest.parse("=cuda:1").single()).isEqualTo(NEXT);
    assertThat(DeviceRequest.parse("a=cpu,=meta").single()).isNull();
  }
}
