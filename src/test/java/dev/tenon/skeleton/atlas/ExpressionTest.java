package dev.tenon.skeleton.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions mean what they mean in Python, and what is none is refused. */
class ExpressionTest {
  private static final Map<String, @Nullable Object> FIELDS = fields();

  private static Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new HashMap<>();
    fields.put("n", 7L);
    fields.put("x", 2.5);
    fields.put("flag", true);
    fields.put("none", null);
    fields.put("word", "silu");
    fields.put("list", List.of(3L, 1L, 2L));
    fields.put("text_config.n", 5L);
    fields.put("odd-name", 9L);
    return fields;
  }

  private static @Nullable Object value(String text) {
    return ExpressionParser.parse(text).value(FIELDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "-7 // 2; -4",
        "-7 % 3; 2",
        "7 // -2; -4",
        "n - 2 - 1; 4",
        "2 ** 3 ** 2; 512",
        "-2 ** 2; -4",
        "1 + 2 * 3; 7",
        "(1 + 2) * 3; 9",
        "int(-2.5); -2",
        "round(2.5); 2",
        "round(3.5); 4",
        "ceil(n / 2); 4",
        "floor(-x); -3",
        "7 / 2; 3.5",
        "n * x; 17.5",
        "-7.5 // 2; -4.0",
        "log2(8); 3.0",
        "list[0] + list[-1]; 5",
        "sum(list[1:]); 3",
        "len(list[:-1]); 2",
        "prod(list); 6",
        "max(list); 3",
        "min(n, 4); 4",
        "text_config.n; 5",
        "field('odd-name'); 9",
        "1 if flag and not none else 2; 1",
        "n or 3; 7",
        "none or 3; 3",
        "flag + 1; 2",
      })
  void numbersArePythons(String text, String expected) {
    assertThat(String.valueOf(value(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "none is None; true",
        "missing is None; true",
        "n is not None; true",
        "flag == 1; true",
        "1 == 1.0; true",
        "word == 'silu'; true",
        "word in ['gelu', 'silu']; true",
        "4 not in list; true",
        "'il' in word; true",
        "not (n > 7); true",
        "n >= 7 and n <= 7; true",
        "word == None; false",
        "word[0] == 's'; true",
        "word[-1] == 'u'; true",
        "word[1] in ['s', 'l']; false",
      })
  void conditionsArePythons(String text, boolean expected) {
    assertThat(Python.truth(value(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1 +",
        "(1",
        "f(1)",
        "x[",
        "1 2",
        "a..b",
        "'open",
        "len()",
        "__import__('os')",
        "a = 1",
        "lambda: 1",
        "{1}",
        "max(1",
        "x if y"
      })
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> ExpressionParser.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none + 1", "1 // 0", "list[9]", "9 ** 99", "word * 2", "sum(n)"})
  void whatHasNoValueHasNone(String text) {
    assertThatThrownBy(() -> value(text)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void nestingIsBounded() {
    assertThatThrownBy(() -> ExpressionParser.parse("(".repeat(999) + "1" + ")".repeat(999)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
