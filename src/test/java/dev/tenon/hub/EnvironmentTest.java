package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
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

  static Environment of(String variables) {
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
