package dev.tenon.skeleton.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Every class of the reference, exported: slots, buffers and ties are those of a plain build. Runs
 * on what {@code check_export.py} left in a directory: {@code -Dtenon.exports=DIRECTORY}.
 */
@EnabledIfSystemProperty(named = ExportedClassesTest.DIRECTORY, matches = ".+")
class ExportedClassesTest {
  static final String DIRECTORY = "tenon.exports";
  private static final double ENOUGH = 0.98;

  @Test
  void nearlyAllClassesAgree() throws IOException {
    Path directory = Path.of(System.getProperty(DIRECTORY));
    List<String> wrong = new ArrayList<>();
    int agreed = 0;
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "reference.*.jsonl")) {
      for (Path log : logs) {
        for (String line : Files.readAllLines(log)) {
          JsonNode row = JsonMapper.builder().build().readTree(line);
          String fault = row.has("skipped") ? null : fault(row, directory);
          agreed += row.has("skipped") || fault != null ? 0 : 1;
          if (fault != null) {
            wrong.add(row.get("class").textValue() + ": " + fault);
          }
        }
      }
    }
    System.out.println(agreed + " classes agree, " + wrong.size() + " do not");
    wrong.forEach(System.out::println);
    assertThat(agreed).isGreaterThan((int) (ENOUGH * (agreed + wrong.size())));
  }

  /** What differs, or null. */
  private static String fault(JsonNode row, Path directory) {
    if (row.has("failed")) {
      return row.get("failed").textValue();
    }
    try {
      Skeleton skeleton = SkeletonFile.read(directory.resolve(row.get("file").textValue()));
      List<String> expected = new ArrayList<>();
      row.get("parameters").forEach(p -> expected.add(slot(p) + " parameter"));
      row.get("buffers").forEach(b -> expected.add(slot(b) + " buffer " + b.get(3)));
      List<String> actual = skeleton.slots().stream().map(ExportedClassesTest::slot).toList();
      for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
        if (!expected.get(i).equals(actual.get(i))) {
          return actual.get(i) + " is not " + expected.get(i);
        }
      }
      if (expected.size() != actual.size()) {
        return actual.size() + " slots are not " + expected.size();
      }
      Set<Tie> ties = new LinkedHashSet<>();
      for (Map.Entry<String, JsonNode> tie : row.get("tied").properties()) {
        ties.add(new Tie(tie.getKey(), tie.getValue().textValue()));
      }
      return ties.equals(Set.copyOf(skeleton.ties())) ? null : skeleton.ties() + " are not " + ties;
    } catch (RuntimeException e) {
      return e.getMessage();
    }
  }

  private static String slot(JsonNode row) {
    return row.get(0).textValue() + " " + row.get(1) + " " + row.get(2).textValue();
  }

  private static String slot(Slot slot) {
    return slot.name()
        + " "
        + slot.shape().toString().replace(" ", "")
        + " "
        + slot.dtype()
        + (slot.isParameter() ? " parameter" : " buffer " + slot.persistent());
  }
}
