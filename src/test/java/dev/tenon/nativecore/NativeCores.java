package dev.tenon.nativecore;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What the tests need to know of this machine. */
final class NativeCores {
  private NativeCores() {}

  /** Leaves a test out where there is no native build. */
  static void assume() {
    String reason = NativeCore.unavailable();
    Assumptions.assumeTrue(reason == null, reason);
  }

  /** The instruction sets this processor has. */
  static List<InstructionSet> sets() {
    InstructionSet best = NativeCore.bestInstructionSet();
    return Arrays.asList(InstructionSet.values()).subList(0, best.ordinal() + 1);
  }
}
