package dev.tenon.plan.place;

import dev.tenon.plan.LoadPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * On which device each slot of a plan goes. Immutable.
 *
 * @param devices one a slot, in the skeleton's order; a tied slot has its owner's
 * @param warnings what did not go where it was wanted, a sentence each
 */
public record Placement(List<Device> devices, List<String> warnings) {

  /** Copies the lists. */
  public Placement {
    devices = List.copyOf(devices);
    warnings = List.copyOf(warnings);
  }

  /** All of a plan on one device. */
  public static Placement of(LoadPlan plan, Device device) {
    return new Placement(Collections.nCopies(plan.steps().size(), device), List.of());
  }

  /** Every device that has a slot, GPUs first; the CPU if there are no slots. */
  public List<Device> used() {
    TreeSet<Device> used = new TreeSet<>(new HashSet<>(devices));
    return used.isEmpty() ? List.of(Device.CPU) : new ArrayList<>(used);
  }

  /** Whether the CPU can use every slot. */
  public boolean onHost() {
    for (Device device : used()) {
      if (!device.isHost()) {
        return false;
      }
    }
    return true;
  }

  /** The devices as torch writes them, joined by commas: {@code cuda:0,cpu}. */
  public String text() {
    StringJoiner text = new StringJoiner(",");
    for (Device device : used()) {
      text.add(device.toString());
    }
    return text.toString();
  }
}
