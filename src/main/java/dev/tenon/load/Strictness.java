package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a strict load refuses: a checkpoint that is not exactly the model. */
final class Strictness {
  private static final int MOST_NAMES = 5;

  private Strictness() {}

  /**
   * Checks a plan, before or after its ties are decided.
   *
   * @throws TenonException if the load is strict and a name is missing or unexpected, a tie parted,
   *     or nothing says what the model must have
   */
  static void check(LoadPlan plan, Path path, LoadOptions options) {
    if (!options.strict()) {
      return;
    }
    if (plan.skeleton().className().isEmpty()) {
      throw new TenonException(
          "Nothing describes the model, so the checkpoint cannot be held against it: file=%s. Give a"
                  .formatted(path)
              + " skeleton file for it.");
    }
    List<String> faults = new ArrayList<>();
    add(faults, "missing", plan.missing());
    add(faults, "unexpected", plan.unexpected());
    add(faults, "mismatched", plan.mismatched().stream().map(it -> it.name()).toList());
    add(
        faults,
        "parted",
        plan.parted().stream().map(tie -> tie.target() + " and " + tie.source()).toList());
    if (!faults.isEmpty()) {
      throw new TenonException(
          "The checkpoint is not exactly the model: file=%s, %s"
              .formatted(path, String.join(", ", faults)));
    }
  }

  private static void add(List<String> faults, String what, List<String> names) {
    int more = names.size() - MOST_NAMES;
    Stream<String> shown = names.stream().limit(MOST_NAMES);
    if (more > 0) {
      shown = Stream.concat(shown, Stream.of("… and " + more + " more"));
    }
    if (!names.isEmpty()) {
      faults.add(what + "=" + shown.toList());
    }
  }
}
