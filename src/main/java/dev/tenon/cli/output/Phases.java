package dev.tenon.cli.output;

import dev.tenon.trace.Millis;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names of durations, in the order they are printed. */
public final class Phases {
  private Phases() {}

  public static Map<String, Double> of(Millis millis) {
    Map<String, Double> phases = new LinkedHashMap<>();
    phases.put("config", millis.config());
    phases.put("headers", millis.headers());
    phases.put("plan", millis.plan());
    phases.put("allocate", millis.allocate());
    phases.put("read", millis.read());
    phases.put("init", millis.init());
    phases.put("tie", millis.tie());
    phases.put("total", millis.total());
    return phases;
  }
}
