package dev.tenon.skeleton.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.names.Patterns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every class of every family has the reference's slots, in its order, its ties and its patterns.
 */
class FamiliesTest {
  static Stream<GoldenFamilies.Row> rows() {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    return GoldenFamilies.rows().stream().filter(row -> known.contains(row.className()));
  }

  static Stream<GoldenFamilies.Row> minimalRows() {
    return rows().filter(row -> row.minimal() != null);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void slotsAndTiesAreTheReferences(GoldenFamilies.Row row) {
    check(row, row.config());
  }

  @ParameterizedTest
  @MethodSource("minimalRows")
  void absentFieldsHaveTheFamilysDefaults(GoldenFamilies.Row row) {
    check(row, row.minimal());
  }

  private static void check(GoldenFamilies.Row row, Config config) {
    Skeleton skeleton = Families.skeleton(row.className(), config);
    List<String> slots = new ArrayList<>();
    skeleton.slots().forEach(slot -> slots.add(describe(slot)));
    List<String> expected = new ArrayList<>();
    row.json().get("parameters").forEach(p -> expected.add(describe(p) + " parameter"));
    row.json()
        .get("buffers")
        .forEach(
            b -> expected.add(describe(b) + (b.get(3).booleanValue() ? " buffer" : " transient")));
    assertThat(slots).containsExactlyElementsOf(expected);
    assertThat(groups(pairs(skeleton.ties()))).isEqualTo(groups(pairs(row.json().get("tied"))));
    assertThat(skeleton.basePrefix()).isEqualTo(row.json().get("base_model_prefix").textValue());
    checkPatterns(row, skeleton.patterns());
  }

  private static void checkPatterns(GoldenFamilies.Row row, Patterns patterns) {
    assertThat(regexes(patterns.ignoreMissing())).isEqualTo(names(row, "ignore_missing"));
    assertThat(regexes(patterns.ignoreUnexpected())).isEqualTo(names(row, "ignore_unexpected"));
    assertThat(Set.copyOf(patterns.keepInFp32())).isEqualTo(names(row, "keep_in_fp32"));
    assertThat(Set.copyOf(patterns.keepInFp32Strict()))
        .isEqualTo(names(row, "keep_in_fp32_strict"));
  }

  private static Set<String> regexes(List<Pattern> patterns) {
    return patterns.stream().map(Pattern::pattern).collect(Collectors.toSet());
  }

  private static Set<String> names(GoldenFamilies.Row row, String field) {
    Set<String> names = new HashSet<>();
    row.json().get(field).forEach(name -> names.add(name.textValue()));
    return names;
  }

  private static String describe(Slot slot) {
    String role =
        switch (slot.role()) {
          case PARAMETER -> "parameter";
          case BUFFER -> "buffer";
          case TRANSIENT_BUFFER -> "transient";
        };
    return slot.name() + " " + slot.shape() + " " + slot.dtype() + " " + role;
  }

  private static String describe(JsonNode slot) {
    return slot.get(0).textValue()
        + " "
        + slot.get(1).toString().replace(",", ", ")
        + " "
        + slot.get(2).textValue();
  }

  private static Map<String, String> pairs(List<Tie> ties) {
    Map<String, String> pairs = new HashMap<>();
    ties.forEach(tie -> pairs.put(tie.target(), tie.source()));
    return pairs;
  }

  private static Map<String, String> pairs(JsonNode tied) {
    Map<String, String> pairs = new HashMap<>();
    tied.properties().forEach(tie -> pairs.put(tie.getKey(), tie.getValue().textValue()));
    return pairs;
  }

  /** Names that share one tensor, each group sorted. */
  private static List<List<String>> groups(Map<String, String> pairs) {
    Map<String, List<String>> groups = new HashMap<>();
    Set<String> names = new HashSet<>(pairs.keySet());
    names.addAll(pairs.values());
    for (String name : names) {
      String root = name;
      while (pairs.containsKey(root)) {
        root = pairs.get(root);
      }
      groups.computeIfAbsent(root, r -> new ArrayList<>()).add(name);
    }
    return groups.values().stream()
        .map(group -> group.stream().sorted().toList())
        .sorted(Comparator.comparing(Object::toString))
        .toList();
  }

  @Test
  void everyFamilyIsFoundByItsModelType() {
    for (Family family : Families.all()) {
      assertThat(Registry.find(family.modelType())).isInstanceOf(family.getClass());
    }
    assertThat(Registry.find("no such type")).isNull();
  }
}
