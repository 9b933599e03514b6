package dev.tenon.plan.place;

import dev.tenon.TenonException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where somebody wants a model: on one device, on several by module, or wherever a strategy puts
 * it. Immutable.
 *
 * @param strategy how to choose, or null if it is said
 * @param byPrefix devices by module, the longest path that has a slot counting; empty with a
 *     strategy
 */
public record DeviceRequest(@Nullable Strategy strategy, Map<String, Device> byPrefix) {

  /** How to choose devices. */
  public enum Strategy {
    /** The best there is: today {@link #BALANCED}. */
    AUTO,
    /** Every GPU gets about as much; what they do not hold goes to the CPU, then to the disk. */
    BALANCED,
    /** Each device is filled before the next. */
    SEQUENTIAL
  }

  /** Copies the map. */
  public DeviceRequest {
    byPrefix = Map.copyOf(byPrefix);
  }

  /** All on one device. */
  public static DeviceRequest of(Device device) {
    return new DeviceRequest(null, Map.of("", device));
  }

  /**
   * Reads a request.
   *
   * @param text a device; a strategy; or modules and their devices, {@code
   *     model.layers=cuda:0,lm_head=disk,=cpu}, where the empty path has all that is left
   * @throws TenonException if it is none of them, or names a module twice
   */
  public static DeviceRequest parse(String text) {
    for (Strategy strategy : Strategy.values()) {
      if (text.equals(strategy.name().toLowerCase(Locale.ROOT))) {
        return new DeviceRequest(strategy, Map.of());
      }
    }
    if (text.indexOf('=') < 0) {
      return of(Device.parse(text));
    }
    Map<String, Device> byPrefix = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int at = part.lastIndexOf('=');
      if (at < 0) {
        throw new TenonException("Neither a module nor its device: part=%s".formatted(part));
      }
      String prefix = part.substring(0, at);
      if (byPrefix.put(prefix, Device.parse(part.substring(at + 1))) != null) {
        throw new TenonException("A module has two devices: module=" + prefix);
      }
    }
    return new DeviceRequest(null, byPrefix);
  }

  /** The one device there is, or null. */
  public @Nullable Device single() {
    return byPrefix.size() == 1 ? byPrefix.get("") : null;
  }
}
