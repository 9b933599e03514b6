package dev.tenon.skeleton.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RenamingTest {
  @ParameterizedTest
  @CsvSource({
    "LayerNorm.gamma, LayerNorm.weight, a.LayerNorm.weight, a.LayerNorm.gamma",
    "^embed_out\\., lm_head., lm_head.weight, embed_out.weight",
    "^embed_out\\., lm_head., my.lm_head.weight, my.lm_head.weight",
    "\\.block_sparse_moe\\., .mlp., layers.0.mlp.gate, layers.0.block_sparse_moe.gate",
    ".weight_g$, .weight.original0, conv.weight.original0, conv.weight_g",
    ".weight_g$, .weight.original0, weight.original0.x, weight.original0.x",
    "layers.(\\d+).fc1, layers.$1.mlp.fc1, layers.12.mlp.fc1.bias, layers.12.fc1.bias",
    "^text_model\\.(.+)$, $1, norm.weight, text_model.norm.weight",
    "^(?:(?!timm\\.))(.+)$, timm.$1, timm.norm.weight, norm.weight",
    "(?<!blocks\\.[0-9]\\.)bn\\., norm., head.norm.bias, head.bn.bias",
    "(encoder|decoder)\\.ln, $1.norm, decoder.norm.weight, decoder.ln.weight"
  })
  void theWayBackFollowsFromTheWayThere(String source, String target, String name, String back) {
    Renaming renaming = Renaming.of(source, target);

    assertThat(renaming.inverse().apply(name)).isEqualTo(back);
    assertThat(renaming.apply(back)).isEqualTo(name);
    assertThat(renaming.inverse().inverse().apply(back)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a(b)c)d", "^", "$", "^$", "(?:x", "", "(a)(b)\\\\1", "[(]x)"})
  void whatCannotBeTurnedRoundLeadsNowhereOrSomewhereElse(String source) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(source);
    } catch (PatternSyntaxException e) {
      return; // No file can hold it.
    }
    Renaming back = new Renaming("", pattern, "$1.norm").inverse();

    assertThat(back.apply("other.weight")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "^text_model\\.(.+)$, true",
    "^(?:(?!timm\\.))(.+)$, true",
    "^embed_out\\., false",
    "(.+)$, false"
  })
  void aPrefixComesOffOrOn(String source, boolean changesPrefix) {
    Renaming renaming = Renaming.of(source, "x");

    assertThat(renaming.changesPrefix()).isEqualTo(changesPrefix);
  }
}
