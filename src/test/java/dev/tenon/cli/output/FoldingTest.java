package dev.tenon.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.cli.output.Folding.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FoldingTest {
  @Test
  void numbersBecomeTheSetThatOccurs() {
    assertThat(fold("l.0.w", "l.3.w", "l.4.w", "l.5.w", "l.10.w"))
        .containsExactly("l.{0,3-5,10}.w");
  }

  @Test
  void aSingleNumberStaysANumber() {
    assertThat(fold("l.7.w", "l.7.b")).containsExactly("l.7.w", "l.7.b");
  }

  @Test
  void onlyWholeGridsFoldTwice() {
    assertThat(fold("l.0.e.0.w", "l.0.e.1.w", "l.1.e.0.w", "l.1.e.1.w"))
        .containsExactly("l.{0-1}.e.{0-1}.w");
    assertThat(fold("l.0.e.0.w", "l.0.e.1.w", "l.1.e.0.w"))
        .containsExactly("l.0.e.{0-1}.w", "l.1.e.0.w");
  }

  @Test
  void foldedNamesStandWhereTheirFirstWas() {
    assertThat(fold("a", "l.0.w", "l.0.b", "l.1.w", "l.1.b", "z"))
        .containsExactly("a", "l.{0-1}.w", "l.{0-1}.b", "z");
  }

  @Test
  void namesWithOtherFactsStayApart() {
    List<Row> rows =
        List.of(
            Row.of("l.0.w", List.of("loaded")),
            Row.of("l.1.w", List.of("initialized")),
            Row.of("l.2.w", List.of("loaded")));

    assertThat(Folding.fold(rows)).extracting(Row::name).containsExactly("l.{0,2}.w", "l.1.w");
    assertThat(Folding.fold(rows)).extracting(Row::count).containsExactly(2, 1);
  }

  @Test
  void textThatOnlyLooksLikeANumberIsKept() {
    assertThat(fold("l.01.w", "l.1.w", "l.99999999999.w", "l..w"))
        .containsExactly("l.01.w", "l.1.w", "l.99999999999.w", "l..w");
  }

  private static List<String> fold(String... names) {
    List<Row> rows = Stream.of(names).map(name -> Row.of(name, List.of())).toList();
    return Folding.fold(rows).stream().map(Row::name).toList();
  }
}
