package dev.tenon.plan;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Small skeletons for tests. */
public final class Models {
  private final List<Slot> slots = new ArrayList<>();
  private final List<Tie> ties = new ArrayList<>();
  private final List<Renaming> renamings = new ArrayList<>();
  private final List<Conversion> conversions = new ArrayList<>();
  private String basePrefix = "";
  private Patterns patterns = Patterns.NONE;

  /** A model of parameters with two elements each. */
  public static Models of(String... names) {
    Models model = new Models();
    for (String name : names) {
      model.parameter(name, 2);
    }
    return model;
  }

  public Models parameter(String name, long... dims) {
    slots.add(new Slot(name, Shape.of(dims), DType.F32, Slot.Role.PARAMETER, false, true));
    return this;
  }

  Models buffer(String name, DType dtype, Slot.Role role, boolean fixed) {
    slots.add(new Slot(name, Shape.of(2), dtype, role, fixed, false));
    return this;
  }

  public Models basePrefix(String prefix) {
    basePrefix = prefix;
    return this;
  }

  public Models tie(String target, String source) {
    ties.add(new Tie(target, source));
    return this;
  }

  public Models rename(String scope, String source, String target) {
    renamings.add(new Renaming(scope, Pattern.compile(source), target));
    return this;
  }

  Models rename(Renaming renaming) {
    renamings.add(renaming);
    return this;
  }

  public Models convert(Conversion conversion) {
    conversions.add(conversion);
    return this;
  }

  Models ignore(String missing, String unexpected) {
    patterns =
        new Patterns(
            List.of(Pattern.compile(missing)),
            List.of(Pattern.compile(unexpected)),
            List.of(),
            patterns.keepInFp32(),
            patterns.keepInFp32Strict());
    return this;
  }

  Models keep(List<String> inHalf, List<String> inAnyHalf) {
    patterns =
        new Patterns(
            patterns.ignoreMissing(), patterns.ignoreUnexpected(), List.of(), inHalf, inAnyHalf);
    return this;
  }

  public Skeleton skeleton() {
    return new Skeleton(
        "Test", "test", basePrefix, slots, ties, List.of(), patterns, renamings, conversions);
  }
}
