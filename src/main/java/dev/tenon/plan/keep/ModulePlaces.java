package dev.tenon.plan.keep;

import java.util.HashMap;
import java.util.Map;

/**
 * Where modules of a checkpoint are in the model, learned from tensors that have a slot each: what
 * has none of its own is called after the module it stands in.
 */
final class ModulePlaces {
  private final Map<String, String> places = new HashMap<>();

  /**
   * A tensor of this name is the slot of that one; modules above are the same where names agree.
   */
  void learn(String stored, String slot) {
    String from = module(stored);
    String to = module(slot);
    while (!to.equals(places.get(from))) {
      places.putIfAbsent(from, to);
      if (from.isEmpty() || to.isEmpty() || !leaf(from).equals(leaf(to))) {
        return;
      }
      from = module(from);
      to = module(to);
    }
  }

  /** What a tensor is called in the model: its own name where nothing is known of its modules. */
  String place(String stored) {
    String from = stored;
    while (!from.isEmpty()) {
      from = module(from);
      String to = places.get(from);
      if (to != null) {
        String rest = from.isEmpty() ? stored : stored.substring(from.length() + 1);
        return in(to, rest);
      }
    }
    return stored;
  }

  /** The part of a name before its last dot; empty if there is none. */
  static String module(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** The part of a name after its last dot. */
  static String leaf(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** A name in a module. */
  static String in(String module, String name) {
    return module.isEmpty() ? name : module + "." + name;
  }
}
