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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /**
   * The kernel has one errno for whatever keeps pages from coming in: a bad disk, a lost server.
   */
  @ParameterizedTest
  @CsvSource({"5, Input/output error", "116, Stale file handle"})
  void aDiskThatFailsAsPagesAreBroughtInIsNamedWithItsReason(int errno, String reason)
      throws Exception {
    assertThat(said(Fault.POPULATE, errno))
        .startsWith("Cannot read a file: file=" + BOTH_SIDES.resolve("model.safetensors"))
        .endsWith("reason=" + reason);
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
      Fault fault = Fault.valueOf(args[0]);
      LoadOptions options =
          fault == Fault.POPULATE ? LoadOptions.serving() : LoadOptions.defaults();
      faults.arm(Fault.READ, 0, false);
      Tenon.plan(BOTH_SIDES, options);
      long ofHeaders = faults.disarm(); // What is mapped is not read after that.
      if (fault == Fault.POPULATE) {
        faults.armDisk(Long.parseLong(args[1]), ofHeaders + 1);
      } else {
        long victim = fault == Fault.READ ? ofHeaders + 1 : 1;
        faults.arm(fault, Long.parseLong(args[1]), victim, true);
      }
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
