package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.engine.FaultLibrary.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems that map nothing, and disks that fail while a load looks at them. */
class OddFileSystemTest {
  private static final Path BOTH_SIDES =
      Path.of("src/test/resources/scenarios/llama-tied-both-equal").toAbsolutePath();
  private static final int INPUT_OUTPUT = 5;
  private static final int NO_SUCH_DEVICE = 19;

  @TempDir private Path directory;

  @Test
  void whatCannotBeMappedIsReadAndSaid() throws Exception {
    assertThat(said(Fault.MAP, NO_SUCH_DEVICE))
        .startsWith("[Files are read and not mapped, as --residency copy has it: Cannot map a file")
        .contains("reason=No such device");
  }

  /** Both sides of the tie are read: a page that cannot be brought in would end the process. */
  @Test
  void aDiskThatFailsUnderATieIsAnError() throws Exception {
    assertThat(said(Fault.READ, INPUT_OUTPUT))
        .startsWith("Cannot read a file: file=")
        .contains("reason=Input/output error");
  }

  private String said(Fault fault, int errno) throws Exception {
    Map<String, String> environment = FaultLibrary.environment(directory, BOTH_SIDES);
    assumeTrue(environment != null, "no compiler makes the library of faults");
    return new ChildJvm(directory, environment, "-Xmx256m").run(Child.class, fault, errno);
  }

  /** The library of faults is put before libc when a process starts. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Tenon.rehearse();
      FaultLibrary faults = FaultLibrary.ofThisProcess();
      LoadOptions options = LoadOptions.defaults();
      faults.arm(Fault.READ, 0, false);
      Tenon.plan(BOTH_SIDES, options);
      long ofHeaders = faults.disarm(); // What is mapped is not read after that.
      Fault fault = Fault.valueOf(args[0]);
      long victim = fault == Fault.READ ? ofHeaders + 1 : 1;
      faults.arm(fault, Long.parseLong(args[1]), victim, true);
      try (Model model = Tenon.load(BOTH_SIDES, options)) {
        faults.disarm();
        System.out.println(model.report().warnings());
      } catch (TenonException e) {
        faults.disarm();
        System.out.println(e.getMessage());
      }
    }
  }
}
