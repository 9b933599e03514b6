package dev.tenon.cli;

import dev.tenon.TenonException;
import dev.tenon.plan.place.Device;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory of each device a model may take, as somebody types it. */
final class Budgets {
  private static final Pattern BUDGET =
      Pattern.compile("([^=]+)=(\\d{1,15}(?:\\.\\d{1,9})?)([kMGT]?)(i?)B?");
  private static final String UNITS = "kMGT";

  private Budgets() {}

  /**
   * Reads {@code cuda:0=10GiB,cpu=30GB}: a unit with an {@code i} is a power of 1024, without of
   * 1000, and none is bytes.
   *
   * @throws TenonException if it is not written that way
   */
  static Map<Device, Long> parse(String text) {
    Map<Device, Long> budgets = new LinkedHashMap<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      Matcher budget = BUDGET.matcher(part);
      if (!budget.matches() || budget.group(3).isEmpty() && !budget.group(4).isEmpty()) {
        throw new TenonException(
            "Not a device and its memory: part=%s, expected=cuda:0=10GiB".formatted(part));
      }
      int power = UNITS.indexOf(budget.group(3).isEmpty() ? ' ' : budget.group(3).charAt(0)) + 1;
      BigDecimal unit = BigDecimal.valueOf(budget.group(4).isEmpty() ? 1000 : 1024).pow(power);
      long bytes = new BigDecimal(budget.group(2)).multiply(unit).longValue();
      if (budgets.put(Device.parse(budget.group(1)), bytes) != null) {
        throw new TenonException("A device has two budgets: device=" + budget.group(1));
      }
    }
    return budgets;
  }
}
