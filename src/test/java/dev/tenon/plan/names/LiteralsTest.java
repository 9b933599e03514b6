package dev.tenon.plan.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quick look never rules out a name the expression is found in, and does rule out others. */
class LiteralsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "LayerNorm.gamma, a.LayerNorm.gamma",
        ".experts.*\\.w1.weight, l.experts.3.w1.weight",
        "^vision_model\\.(.+)$, vision_model.x",
        "(?<!decoder\\.)embed_tokens\\., embed_tokens.w",
        "ab?c, ac",
        "\"ab{0,2}c\", ac",
        "ab*c, ac",
        "a(bc)?d, ad",
        "a|b, b",
        "[ab]c, bc",
        "\\d+x, 12x",
        "(?i)ABC, abc",
        "a+b, aab",
        "\\Qa.b\\E, a.b"
      })
  void allowsWhateverMatches(String regex, String name) {
    Pattern pattern = Pattern.compile(regex);
    assertThat(pattern.matcher(name).find()).isTrue();
    assertThat(Literals.of(pattern).allowed(name)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "LayerNorm.gamma, a.LayerNorm.weight",
    ".experts.*\\.w1.weight, l.experts.3.w2.weight",
    "(?<!decoder\\.)embed_tokens\\., embed_positions.w",
    ".weight_g$, a.weight"
  })
  void rulesOutMostOthers(String regex, String name) {
    assertThat(Literals.of(Pattern.compile(regex)).allowed(name)).isFalse();
  }
}
