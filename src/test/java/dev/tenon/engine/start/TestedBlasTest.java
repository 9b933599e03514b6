package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start says on stderr: nothing, unless something is wrong. */
class TestedBlasTest {
  @TempDir private Path directory;

  @Test
  void ofTheTestedPairNothingIsSaid() throws Exception {
    assertThat(said()).isEqualTo("said [], stderr as before true");
  }

  @Test
  void ofAnotherPairJavaCppWarns() throws Exception {
    Path properties = directory.resolve("META-INF/maven/org.bytedeco/openblas/pom.properties");
    Files.createDirectories(properties.getParent());
    Files.writeString(properties, "version=0.3.30-1.5.12\n");
    assertThat(said("-Xbootclasspath/a:" + directory))
        .contains("openblas:0.3.30-1.5.12 do not match")
        .endsWith("stderr as before true");
  }

  private String said(String... flags) throws Exception {
    return new ChildJvm(directory, Map.of(), flags).run(Child.class);
  }

  /** Each description is initialised once in a process. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
      System.setErr(err);
      TorchRuntime.require();
      System.out.printf(
          "said [%s], stderr as before %b%n",
          bytes.toString(StandardCharsets.UTF_8).strip(), System.err == err);
    }
  }
}
