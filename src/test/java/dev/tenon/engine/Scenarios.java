package dev.tenon.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The checkpoints under {@code scenarios} and what the reference makes of them. */
public final class Scenarios {
  private static final Path ROOT = Path.of("src/test/resources/scenarios");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Scenarios() {}

  /** Those of families there are. */
  static Stream<String> names() {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    try (Stream<Path> files = Files.list(ROOT)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".expected.json"))
          .map(file -> file.substring(0, file.length() - ".expected.json".length()))
          .filter(name -> known.contains(expected(name).get("cls").textValue()))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A scenario's checkpoint. */
  public static Path directory(String name) {
    return ROOT.resolve(name);
  }

  /** A plan and the files it was made from. */
  public record Planned(LoadPlan plan, Checkpoint checkpoint) {
    Loaded load(EngineOptions options) {
      return load(options, LazyCore.of(options.threads()));
    }

    public Loaded load(EngineOptions options, LazyCore core) {
      return Engine.load(plan, checkpoint.shards(), options, LoadListener.NONE, core);
    }
  }

  public static Loaded load(String name, EngineOptions options) {
    return plan(name, directory(name)).load(options);
  }

  /** A scenario's plan, for its checkpoint or a copy of it. */
  public static Planned plan(String name, Path directory) {
    JsonNode expected = expected(name);
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    Config config = Config.read(Objects.requireNonNull(checkpoint.config()));
    String dtype = expected.get("dtype").textValue();
    boolean ignore = expected.get("options").path("ignore_mismatched_sizes").asBoolean();
    PlanOptions wanted =
        new PlanOptions(dtype.equals("auto") ? null : DType.ofTorchName(dtype), ignore);
    Skeleton skeleton = Families.skeleton(expected.get("cls").textValue(), config);
    return new Planned(Planner.plan(checkpoint, skeleton, config, wanted), checkpoint);
  }

  static JsonNode expected(String name) {
    try {
      return JSON.readTree(ROOT.resolve(name + ".expected.json").toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
