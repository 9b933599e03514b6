package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.file.SkeletonFile;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An exported file and the family in Java say the same. Runs on what {@code check_export.py
 * --golden} left in a directory: {@code -Dtenon.families=DIRECTORY}.
 */
@EnabledIfSystemProperty(named = ExportedFamiliesTest.DIRECTORY, matches = ".+")
class ExportedFamiliesTest {
  static final String DIRECTORY = "tenon.families";

  /**
   * Slots the reference leaves as raw memory, which was zero when the golden values were made; a
   * file gives them what their constructor does.
   */
  private static final Pattern RAW = Pattern.compile("parametrizations\\.weight\\.original[01]$");

  static Stream<GoldenFamilies.Row> rows() {
    Set<String> known = new HashSet<>();
    Families.all().forEach(f -> f.architectures().forEach(a -> known.add(a.className())));
    return GoldenFamilies.rows().stream()
        .filter(row -> known.contains(row.className()) && Files.exists(file(row)));
  }

  private static Path file(GoldenFamilies.Row row) {
    String name = row.modelType() + "." + row.variant() + "." + row.className() + ".json";
    return Path.of(System.getProperty(DIRECTORY, ""), name);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void fileAndFamilySayTheSame(GoldenFamilies.Row row) {
    Skeleton file = SkeletonFile.read(file(row));
    Skeleton family = Families.skeleton(row.className(), row.config());

    assertThat(file.slots()).containsExactlyElementsOf(family.slots());
    assertThat(Set.copyOf(file.ties())).isEqualTo(Set.copyOf(family.ties()));
    assertThat(file.basePrefix()).isEqualTo(family.basePrefix());
    assertThat(texts(file.patterns().ignoreMissing()))
        .isEqualTo(texts(family.patterns().ignoreMissing()));
    assertThat(texts(file.patterns().ignoreUnexpected()))
        .isEqualTo(texts(family.patterns().ignoreUnexpected()));
    assertThat(Set.copyOf(file.patterns().keepInFp32()))
        .isEqualTo(Set.copyOf(family.patterns().keepInFp32()));
  }

  private static Set<String> texts(List<Pattern> patterns) {
    return patterns.stream().map(Pattern::pattern).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theFilesInitialValuesAreTheReferences(GoldenFamilies.Row row) {
    LoadPlan plan = Planner.initialize(SkeletonFile.read(file(row)), DType.F32);
    List<String> wrong = new ArrayList<>();
    try (Loaded loaded =
        Engine.load(plan, List.of(), EngineOptions.defaults(), LoadListener.NONE)) {
      for (int i = 0; i < plan.steps().size(); i++) {
        String name = plan.steps().get(i).slot().name();
        var expected = row.json().path("init").get(name);
        if (expected == null
            || RAW.matcher(name).find() && expected.textValue().equals(zeros(i, plan))) {
          continue;
        }
        if (!expected.textValue().equals(Bytes.crc32(loaded.tensor(i)))) {
          wrong.add(name + " " + loaded.origin(i));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String zeros(int slot, LoadPlan plan) {
    CRC32 crc = new CRC32();
    crc.update(new byte[4 * (int) plan.skeleton().slots().get(slot).shape().elements()]);
    return "%08x".formatted(crc.getValue());
  }
}
