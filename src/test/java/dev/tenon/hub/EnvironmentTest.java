package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class EnvironmentTest {
  private static final Path HOME = Path.of("/home/me");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                             | /home/me/.cache/huggingface/hub",
        "XDG_CACHE_HOME=/xdg                          | /xdg/huggingface/hub",
        "XDG_CACHE_HOME=/xdg HF_HOME=/hf              | /hf/hub",
        "HF_HOME=/hf HF_HUB_CACHE=/cache              | /cache",
        "HF_HOME=/hf HUGGINGFACE_HUB_CACHE=/old       | /old",
        "HF_HUB_CACHE=/cache HUGGINGFACE_HUB_CACHE=/old | /cache",
        "HF_HOME=                                     | /home/me/.cache/huggingface/hub",
        "HF_HOME=~/hf                                 | /home/me/hf/hub",
        "HF_HOME=~                                    | /home/me/hub",
        "HF_HOME=$SCRATCH/hf SCRATCH=/big             | /big/hf/hub",
        "HF_HOME=${SCRATCH}x/hf SCRATCH=/big          | /bigx/hf/hub",
        "HF_HOME=/a/$UNSET                            | /a/$UNSET/hub"
      })
  void theCacheIsWhereThePythonClientHasIt(String variables, String cache) {
    assertThat(of(variables).cache()).isEqualTo(Path.of(cache));
  }

  @Test
  void theTokenIsTheEnvironmentsOrTheFiles(@TempDir Path home) throws IOException {
    Files.writeString(home.resolve("token"), "hf_file\n");
    String file = "HF_HOME=" + home;

    assertThat(of("").token()).isNull();
    assertThat(of(file).token()).isEqualTo("hf_file");
    assertThat(of(file + " HF_TOKEN=hf_new HUGGING_FACE_HUB_TOKEN=hf_old").token())
        .isEqualTo("hf_new");
    assertThat(of(file + " HUGGING_FACE_HUB_TOKEN=hf_old").token()).isEqualTo("hf_old");
    assertThat(of("HF_TOKEN_PATH=" + home.resolve("token")).token()).isEqualTo("hf_file");
    assertThat(of(file + " HF_HUB_DISABLE_IMPLICIT_TOKEN=1").token()).isNull();
  }

  @Test
  void switchesAreOnInTheWordsOfThePythonClient() {
    assertThat(of("").offline()).isFalse();
    assertThat(of("HF_HUB_OFFLINE=0").offline()).isFalse();
    for (String yes : new String[] {"1", "on", "Yes", "TRUE"}) {
      assertThat(of("HF_HUB_OFFLINE=" + yes).offline()).isTrue();
    }
    assertThat(of("TRANSFORMERS_OFFLINE=1").offline()).isTrue();
    assertThat(of("HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1").offline()).isFalse();
  }

  @Test
  void theEndpointAndThePatienceHaveDefaults() {
    assertThat(of("").endpoint()).isEqualTo("https://huggingface.co");
    assertThat(of("HF_ENDPOINT=http://x/").endpoint()).isEqualTo("http://x/");
    assertThat(of("").patience()).isEqualTo(Duration.ofSeconds(10));
    assertThat(of("HF_HUB_DOWNLOAD_TIMEOUT=7").patience()).isEqualTo(Duration.ofSeconds(7));
    assertThatThrownBy(() -> of("HF_HUB_DOWNLOAD_TIMEOUT=soon").patience())
        .hasMessage("Not a number of seconds: HF_HUB_DOWNLOAD_TIMEOUT=soon");
    assertThat(of("").leastRate()).isEqualTo(1024);
    assertThat(of("TENON_HUB_LEAST_RATE=0").leastRate()).isZero();
    assertThatThrownBy(() -> of("TENON_HUB_LEAST_RATE=1k").leastRate())
        .hasMessage("Not a number of bytes per second: TENON_HUB_LEAST_RATE=1k");
  }

  public static Environment of(String variables) {
    Map<String, String> map = new HashMap<>();
    for (String variable : (variables == null ? "" : variables).split(" +")) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        map.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return new Environment(map, HOME);
  }
}
