package dev.tenon.plan.place;

import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.tie.TieCandidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides on which device each slot goes. Pure: the same plan, request and budgets give the same
 * placement, whatever machine it is on. Stateless and thread-safe.
 *
 * <p>Its rules are those of {@code infer_auto_device_map} and {@code get_balanced_memory} of
 * transformers 5.18: the first GPU keeps room for the largest layer yet to come, since layers that
 * find no GPU are brought there to be used. The CPU keeps none, for it uses mapped files where they
 * are; and what is not stored as the model needs it stays off the disk.
 */
public final class Placer {
  private Placer() {}

  /**
   * Places a plan.
   *
   * @param plan what there is to place; a tie it leaves open counts as one that holds
   * @param request where it is wanted
   * @param budgets the devices there are and how many bytes may go on each; a strategy fills no
   *     others but the disk, which comes last and holds anything
   * @throws TenonException if a request names a module there is not or leaves a slot out, or more
   *     bytes go on a device than its budget
   */
  public static Placement place(LoadPlan plan, DeviceRequest request, Map<Device, Long> budgets) {
    Device[] devices =
        request.strategy() == null
            ? said(plan, request.byPrefix())
            : chosen(plan, request.strategy(), new TreeMap<>(budgets));
    List<String> warnings = new ArrayList<>();
    offDisk(plan, devices, warnings);
    together(plan, devices, warnings);
    requireRoom(plan, devices, budgets);
    return new Placement(Arrays.asList(devices), warnings);
  }

  private static Device[] said(LoadPlan plan, Map<String, Device> byPrefix) {
    Device[] devices = new Device[plan.steps().size()];
    Set<String> idle = new HashSet<>(byPrefix.keySet());
    idle.remove("");
    List<String> left = new ArrayList<>();
    for (int i = 0; i < devices.length; i++) {
      String name = name(plan, i);
      String longest = null;
      for (String prefix : byPrefix.keySet()) {
        if (ModulePath.covers(prefix, name)) {
          idle.remove(prefix);
          longest = longest == null || prefix.length() > longest.length() ? prefix : longest;
        }
      }
      if (longest == null) {
        left.add(name);
      } else {
        devices[i] = byPrefix.get(longest);
      }
    }
    if (!idle.isEmpty()) {
      throw new TenonException("The model has no such modules: modules=" + new TreeSet<>(idle));
    } else if (!left.isEmpty()) {
      throw new TenonException(
          "The device map leaves tensors out: first=%s, count=%d. Give the rest a device with =DEVICE."
              .formatted(left.get(0), left.size()));
    }
    return devices;
  }

  private static Device[] chosen(
      LoadPlan plan, DeviceRequest.Strategy strategy, SortedMap<Device, Long> budgets) {
    List<PlacementUnits.Unit> units = PlacementUnits.of(plan);
    SortedMap<Device, Long> limits = new TreeMap<>(budgets);
    if (strategy != DeviceRequest.Strategy.SEQUENTIAL) {
      balance(units, limits);
    }
    limits.put(Device.DISK, Long.MAX_VALUE);
    List<Device> filled = fill(units, limits);
    Device[] devices = new Device[plan.steps().size()];
    for (int i = 0; i < filled.size(); i++) {
      Device device = filled.get(i);
      units.get(i).slots().stream().forEach(slot -> devices[slot] = device);
    }
    return devices;
  }

  /** An even share of the model, and room for one unit more, on every GPU but the last. */
  private static void balance(List<PlacementUnits.Unit> units, SortedMap<Device, Long> limits) {
    List<Device> gpus =
        limits.keySet().stream()
            .filter(device -> device.kind() == Device.Kind.CUDA && limits.get(device) > 0)
            .toList();
    if (gpus.size() < 2) {
      return;
    }
    long total = units.stream().mapToLong(PlacementUnits.Unit::bytes).sum();
    long most = units.stream().mapToLong(PlacementUnits.Unit::bytes).max().orElse(0);
    long share = total / gpus.size() + most + most / 4;
    for (Device gpu : gpus.subList(0, gpus.size() - 1)) {
      limits.merge(gpu, share, Math::min);
    }
  }

  /** Each unit on the first device it fits on, never going back to an earlier one. */
  private static List<Device> fill(
      List<PlacementUnits.Unit> units, SortedMap<Device, Long> limits) {
    long[] later = largestAfter(units);
    List<Device> order = new ArrayList<>(limits.keySet());
    List<Device> devices = new ArrayList<>(units.size());
    int at = 0;
    long used = 0;
    for (int i = 0; i < later.length; i++) {
      long bytes = units.get(i).bytes();
      while (used + bytes > limits.get(order.get(at)) - (at == 0 && onGpu(order) ? later[i] : 0)) {
        at++;
        used = 0;
      }
      used += bytes;
      devices.add(order.get(at));
    }
    return devices;
  }

  private static boolean onGpu(List<Device> order) {
    return order.get(0).kind() == Device.Kind.CUDA;
  }

  /** The bytes of the largest unit after each. */
  private static long[] largestAfter(List<PlacementUnits.Unit> units) {
    long[] largest = new long[units.size()];
    for (int i = largest.length - 2; i >= 0; i--) {
      largest[i] = Math.max(largest[i + 1], units.get(i + 1).bytes());
    }
    return largest;
  }

  /** What cannot be a view of its file as it is there goes to the CPU. */
  private static void offDisk(LoadPlan plan, Device[] devices, List<String> warnings) {
    List<String> moved = new ArrayList<>();
    for (int i = 0; i < devices.length; i++) {
      Step step = plan.steps().get(i);
      if (devices[i].equals(Device.DISK)
          && !(step instanceof Step.Tied)
          && !(step instanceof Step.Read read && read.viewable())) {
        devices[i] = Device.CPU;
        if (step.slot().persistent()) {
          moved.add(step.slot().name());
        }
      }
    }
    if (!moved.isEmpty()) {
      warnings.add(
          "Not stored as the model needs them, so these take memory in place of disk: first=%s, count=%d"
              .formatted(moved.get(0), moved.size()));
    }
  }

  /** What shares a tensor has the owner's device, whatever was said. */
  private static void together(LoadPlan plan, Device[] devices, List<String> warnings) {
    for (int i = 0; i < devices.length; i++) {
      if (plan.steps().get(i) instanceof Step.Tied tied) {
        move(plan, devices, i, tied.owner(), warnings);
      }
    }
    for (TieCandidate tie : plan.candidates()) {
      move(plan, devices, tie.target(), tie.owner(), warnings);
    }
  }

  private static void move(
      LoadPlan plan, Device[] devices, int slot, int owner, List<String> warnings) {
    // Both may be on the host as they are: it is one memory.
    if (!devices[slot].equals(devices[owner])) {
      if (!(devices[slot].isHost() && devices[owner].isHost())) {
        warnings.add(
            "A tied tensor is where its owner is: tensor=%s, owner=%s, device=%s, asked=%s"
                .formatted(name(plan, slot), name(plan, owner), devices[owner], devices[slot]));
      }
      devices[slot] = devices[owner];
    }
  }

  private static void requireRoom(LoadPlan plan, Device[] devices, Map<Device, Long> budgets) {
    Map<Device, Long> used = new TreeMap<>();
    for (int i = 0; i < devices.length; i++) {
      Step step = plan.steps().get(i);
      if (!(step instanceof Step.Tied) && step.slot().persistent()) {
        used.put(devices[i], used.getOrDefault(devices[i], 0L) + step.bytes());
      }
    }
    for (Map.Entry<Device, Long> each : used.entrySet()) {
      long budget = budgets.getOrDefault(each.getKey(), Long.MAX_VALUE);
      if (each.getValue() > budget) {
        throw new TenonException(
            "More goes on a device than it may hold: device=%s, bytes=%d, budget=%d"
                .formatted(each.getKey(), each.getValue(), budget));
      }
    }
  }

  private static String name(LoadPlan plan, int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
