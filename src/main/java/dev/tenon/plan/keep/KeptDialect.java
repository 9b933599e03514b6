package dev.tenon.plan.keep;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Converter;
import dev.tenon.plan.names.Dialect;
import dev.tenon.skeleton.names.Conversion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a plan's dialect is still needed where packed weights are not put together. */
final class KeptDialect {
  private KeptDialect() {}

  /** The spellings, and the layouts that some slot still has. */
  static Dialect of(LoadPlan plan, @Nullable KeptSet[] sets) {
    Dialect dialect = plan.dialect();
    List<Conversion> needed = new ArrayList<>();
    for (Conversion conversion : dialect.conversions()) {
      Converter back = new Converter(conversion.inverse(), plan.skeleton().basePrefix());
      if (isNeeded(back, plan, sets)) {
        needed.add(conversion);
      }
    }
    return new Dialect(dialect.renamings(), needed);
  }

  private static boolean isNeeded(Converter back, LoadPlan plan, @Nullable KeptSet[] sets) {
    for (int i = 0; i < sets.length; i++) {
      Step step = plan.steps().get(i);
      if (sets[i] == null
          && step instanceof Step.Assemble
          && Converter.matchFirst(List.of(back), step.slot().name()) != null) {
        return true;
      }
    }
    return false;
  }
}
