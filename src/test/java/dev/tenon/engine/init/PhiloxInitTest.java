package dev.tenon.engine.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.Rng;
import dev.tenon.TenonException;
import dev.tenon.engine.Bytes;
import dev.tenon.engine.Engine;
import dev.tenon.engine.EngineOptions;
import dev.tenon.engine.LoadListener;
import dev.tenon.engine.Loaded;
import dev.tenon.engine.Scenarios;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.nativecore.Distribution;
import dev.tenon.nativecore.FillBatch;
import dev.tenon.plan.Planner;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.save.StoredNames;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counter-based values depend on seed, name and index, and on nothing else. */
class PhiloxInitTest {
  private static final Shape SHAPE = Shape.of(37, 50);
  private static final Skeleton NO_CONVERSIONS =
      new Skeleton(
          "", "", "", List.of(), List.of(), List.of(), Patterns.NONE, List.of(), List.of());

  private static final InitRule NORMAL = new InitRule.Normal(0.5, 2);

  @BeforeEach
  void needsTheNativeCore() {
    assumeTrue(LazyCore.of(1).available(), "this build has no native core");
  }

  private static Slot slot(String name) {
    return new Slot(name, SHAPE, DType.F32, Slot.Role.PARAMETER, false, true);
  }

  /** Runs rules in order on tensors of {@link #SHAPE} named as given; {@code a=normal}. */
  private static Tensor[] fill(DType dtype, List<String> names, List<InitRule> rules) {
    Tensor[] tensors = new Tensor[names.size()];
    try (Tensors make = new Tensors(Device.CPU);
        LazyCore core = LazyCore.of(2);
        PhiloxInit engine = new PhiloxInit(core, new StoredNames(NO_CONVERSIONS), 7, Trace.OFF)) {
      Arrays.setAll(tensors, i -> make.empty(SHAPE, dtype));
      InitTask[] tasks = new InitTask[rules.size()];
      Arrays.setAll(
          tasks,
          i -> {
            int tensor = Math.min(i, names.size() - 1);
            return new InitTask(slot(names.get(tensor)), rules.get(i), dtype, tensors[tensor]);
          });
      engine.fill(List.of(tasks), bytes -> {});
    }
    return tensors;
  }

  private static Tensor one(DType dtype, String name, InitRule... rules) {
    return fill(dtype, List.of(name), List.of(rules))[0];
  }

  @Test
  void noThreadIsStartedWhereNothingIsDrawn() throws IOException {
    Path tasks = Path.of("/proc/self/task");
    assumeTrue(Files.exists(tasks), "the system does not say what threads there are");
    int many = 512; // More than the JVM itself may start or end meanwhile.
    try (LazyCore core = LazyCore.of(many);
        PhiloxInit engine = new PhiloxInit(core, new StoredNames(NO_CONVERSIONS), 7, Trace.OFF)) {
      engine.fill(List.of(), bytes -> {});
      try (Stream<Path> all = Files.list(tasks)) {
        assertThat(all.count()).isLessThan(many);
      }
    }
  }

  @Test
  void aTensorOfNoElementsIsLeftAsItIs() {
    Slot none = new Slot("n", Shape.of(0, 3), DType.F32, Slot.Role.PARAMETER, false, true);
    try (Tensors make = new Tensors(Device.CPU);
        LazyCore core = LazyCore.of(2);
        PhiloxInit engine = new PhiloxInit(core, new StoredNames(NO_CONVERSIONS), 7, Trace.OFF);
        Tensor tensor = make.empty(none.shape(), DType.F32)) {
      engine.fill(List.of(new InitTask(none, NORMAL, DType.F32, tensor)), bytes -> {});
      assertThat(Bytes.crc32(tensor)).isEqualTo("00000000");
    }
  }

  @Test
  void anothersDrawsChangeNothing() {
    Tensor[] both = fill(DType.F32, List.of("a", "b"), List.of(NORMAL, NORMAL));
    assertThat(Bytes.crc32(one(DType.F32, "b", NORMAL))).isEqualTo(Bytes.crc32(both[1]));
    assertThat(Bytes.crc32(both[0])).isNotEqualTo(Bytes.crc32(both[1]));
  }

  @Test
  void halfPrecisionIsFloat32Rounded() {
    Tensor wide = one(DType.F32, "a", NORMAL);
    Tensor half = one(DType.BF16, "a", NORMAL);
    assertThat(Bytes.crc32(wide.to(TorchTypes.scalarType(DType.BF16))))
        .isEqualTo(Bytes.crc32(half));
  }

  @Test
  void theMomentsAreTheRules() {
    Tensor drawn = one(DType.F64, "a", NORMAL);
    assertThat(drawn.mean().item_double()).isBetween(0.3, 0.7);
    assertThat(drawn.std().item_double()).isBetween(1.8, 2.2);
  }

  @Test
  void theLastWholeRuleCounts() {
    Tensor twice = one(DType.F32, "a", InitRule.ONES, NORMAL);
    assertThat(Bytes.crc32(twice)).isEqualTo(Bytes.crc32(one(DType.F32, "a", NORMAL)));
  }

  @Test
  void partsAreWrittenOverWholes() {
    Tensor whole = one(DType.F32, "a", NORMAL);
    Tensor parted =
        one(
            DType.F32,
            "a",
            NORMAL,
            new InitRule.Part(0, 5, 2, InitRule.ZEROS),
            new InitRule.Part(1, 49, 1, InitRule.ONES));
    whole.narrow(0, 5, 2).zero_();
    whole.narrow(1, 49, 1).zero_().add_(new org.bytedeco.pytorch.Scalar(1.0));
    assertThat(Bytes.crc32(parted)).isEqualTo(Bytes.crc32(whole));
  }

  @Test
  void rulesWithoutAKernelFollowTheNameToo() {
    InitRule sparse = new InitRule.Sparse(0.5, 1);
    Tensor[] both = fill(DType.F32, List.of("a", "b"), List.of(sparse, sparse));
    assertThat(Bytes.crc32(one(DType.F32, "b", sparse))).isEqualTo(Bytes.crc32(both[1]));
    assertThat(Bytes.crc32(both[0])).isNotEqualTo(Bytes.crc32(both[1]));
  }

  @Test
  void withoutTheCoreThereAreNoSuchNumbers() {
    var planned = Scenarios.plan("gemma2-some-missing", Scenarios.directory("gemma2-some-missing"));
    EngineOptions options = EngineOptions.defaults().drawing(Rng.PHILOX, 3);
    assertThatThrownBy(() -> planned.load(options, LazyCore.none()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("native core");
  }

  @Test
  void anExpertsValuesFollowItsOwnName() {
    GoldenFamilies.Row mixtral =
        GoldenFamilies.rows().stream()
            .filter(row -> row.className().equals("MixtralForCausalLM"))
            .findFirst()
            .orElseThrow();
    Skeleton skeleton = Families.skeleton("MixtralForCausalLM", mixtral.config());
    int slot = skeleton.index().get("model.layers.0.mlp.experts.gate_up_proj");
    Shape shape = skeleton.slots().get(slot).shape();
    long half = shape.dim(1) / 2;
    EngineOptions options = EngineOptions.defaults().drawing(Rng.PHILOX, 7);
    try (Loaded loaded =
            Engine.load(
                Planner.initialize(skeleton, DType.F32), List.of(), options, LoadListener.NONE);
        Tensor expert = loaded.tensor(slot).detach().select(0, 1);
        Tensor up = expert.narrow(0, half, half);
        Tensors make = new Tensors(Device.CPU);
        Tensor alone = make.empty(Shape.of(half, shape.dim(2)), DType.F32);
        LazyCore core = LazyCore.of(1)) {
      FillBatch batch = new FillBatch(7);
      batch.add(
          "model.layers.0.mlp.experts.1.w3.weight",
          alone.data_ptr().address(),
          0,
          alone.numel(),
          DType.F32,
          new Distribution.Normal(0, mixtral.config().number("initializer_range")));
      core.get().fill(batch);
      assertThat(Bytes.crc32(up)).isEqualTo(Bytes.crc32(alone));
    }
  }

  @Test
  void aWholeModelIsWritten() {
    EngineOptions options = EngineOptions.defaults().drawing(Rng.PHILOX, 3);
    try (Loaded loaded = Scenarios.load("gemma2-some-missing", options);
        Loaded again = Scenarios.load("gemma2-some-missing", options);
        Loaded torch = Scenarios.load("gemma2-some-missing", EngineOptions.defaults())) {
      boolean differs = false;
      for (int i = 0; i < loaded.plan().steps().size(); i++) {
        assertThat(Bytes.crc32(loaded.tensor(i))).isEqualTo(Bytes.crc32(again.tensor(i)));
        differs |= !Bytes.crc32(loaded.tensor(i)).equals(Bytes.crc32(torch.tensor(i)));
      }
      assertThat(differs).isTrue();
    }
  }
}
