package dev.tenon.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.Tenon;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReasonTest {
  private static final String SECRET = "NotARealTokenNotARealToken12345";

  @TempDir private Path directory;

  @Test
  void keepsTheParsersWordsAndLittleOfTheText() {
    assertThat(
            JsonReason.of(
                "Unrecognized token 'hf_"
                    + SECRET
                    + "': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"))
        .isEqualTo(
            "Unrecognized token 'hf_…': was expecting (JSON String, Number, Array, Object or token"
                + " 'null', 'true' or 'false')");
    assertThat(JsonReason.of("Duplicate field 'hidden_size'")).contains("hidden_size");
  }

  /** Neither the message nor what is behind it, which is logged with it. */
  private static void assertSilent(ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .satisfies(
            thrown -> {
              StringWriter all = new StringWriter();
              thrown.printStackTrace(new PrintWriter(all));
              assertThat(all.toString())
                  .containsIgnoringCase("not")
                  .doesNotContain(SECRET.substring(0, 8));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf_" + SECRET, "[" + SECRET + "]", "{\"a\": " + SECRET, "{'" + SECRET})
  void aLinkToASecretGivesNothingAway(String content) throws Exception {
    Path secret = Files.writeString(directory.resolve("token"), content);
    for (String name :
        new String[] {"config.json", "skeleton.json", "model.safetensors.index.json"}) {
      Files.createSymbolicLink(directory.resolve(name), secret);
    }
    LoadOptions options = LoadOptions.defaults();
    assertSilent(() -> Tenon.skeleton(directory, options));
    Files.delete(directory.resolve("skeleton.json"));
    assertSilent(() -> Tenon.skeleton(directory, options));
    assertSilent(() -> Tenon.inspect(directory));
    Path weights = Path.of("src/test/resources/fuzz/model.safetensors");
    assertSilent(() -> Tenon.check(weights, secret, LoadProgress.NONE));
  }
}
