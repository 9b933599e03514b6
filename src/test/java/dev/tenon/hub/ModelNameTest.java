package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt2, main",
    "google/gemma-2-2b, google/gemma-2-2b, main",
    "google/gemma-2-2b@v1.0, google/gemma-2-2b, v1.0",
    "Foo-BAR_foo.bar123/x@refs/pr/1, Foo-BAR_foo.bar123/x, refs/pr/1",
    "_a/b_@0123456789abcdef0123456789abcdef01234567, _a/b_, 0123456789abcdef0123456789abcdef01234567"
  })
  void namesAreRead(String text, String repo, String revision) {
    assertThat(ModelName.parse(text)).isEqualTo(new ModelName(repo, revision));
    assertThat(ModelName.parse(text).toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a/",
        "/a",
        "a/b/c",
        "../a",
        "a/..",
        ".a",
        "a.",
        "-a/b",
        "a--b",
        "a/b..c",
        "a/b.git",
        "a\\b",
        "a b",
        "a/b\n",
        "caf\u00e9/x",
        "C:x",
        "~/x",
        "a/b@",
        "a/b@..",
        "a/b@../x",
        "a/b@x/../y",
        "a/b@/etc/passwd",
        "a/b@.hidden",
        "a/b@x/.hidden",
        "a/b@x//y",
        "a/b@x/",
        "a/b@x\\y",
        "a/b@x y",
        "a/b@x\u0000",
        "a/b@C:x",
        "a/b@x.lock",
        "a/b@@{1}"
      })
  void noNameLeadsOutOfTheCache(String text) {
    assertThatThrownBy(() -> ModelName.parse(text)).isInstanceOf(TenonException.class);
    assertThat(ModelName.find(text)).isNull();
  }

  @Test
  void theHubsLongestNameIsTheLongest() {
    String longest = "x".repeat(96);
    assertThat(ModelName.find(longest + "/" + longest)).isNotNull();
    assertThat(ModelName.find(longest + "x/" + longest)).isNull();
  }

  @Test
  void whatIsRefusedIsNamedInOneLine() {
    assertThatThrownBy(() -> ModelName.parse("a/b\n@x"))
        .hasMessage("Not a model's name: name=a/b?, expected=org/name or org/name@revision");
    assertThatThrownBy(() -> ModelName.parse("a/b@../x"))
        .hasMessage("Not a revision's name: revision=../x, model=a/b");
  }

  @Test
  void aFileOfARepositoryHoldsAModel() {
    ModelName name = ModelName.parse("org/name@v1:q4/model-00001-of-00003.gguf");
    assertThat(name).isEqualTo(new ModelName("org/name", "v1", "q4/model-00001-of-00003.gguf"));
    assertThat(name.toString()).isEqualTo("org/name@v1:q4/model-00001-of-00003.gguf");
    assertThat(name.patterns().include()).containsExactly("q4/model-?????-of-00003.gguf");
    assertThat(ModelName.parse("org/name:a.gguf").patterns().include()).containsExactly("a.gguf");
    assertThat(ModelName.find("org/name:../a.gguf")).isNull();
    assertThat(ModelName.find("org/name:/a.gguf")).isNull();
    assertThat(ModelName.find("org/name:a.safetensors")).isNull();
  }
}
