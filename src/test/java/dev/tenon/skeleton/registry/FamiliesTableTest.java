package dev.tenon.skeleton.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.skeleton.atlas.Atlas;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/families.md} is made from the code. {@code mvn test -Dtest=FamiliesTableTest
 * -Dtenon.write=true} writes it anew.
 */
class FamiliesTableTest {
  private static final Path TABLE = Path.of("docs/families.md");

  @Test
  void theTableIsWhatTheCodeSays() throws IOException {
    String table = table();
    if (Boolean.getBoolean("tenon.write")) {
      Files.writeString(TABLE, table);
    }
    assertThat(TABLE).hasContent(table);
  }

  private static String table() {
    StringBuilder table = new StringBuilder();
    table.append("# Families and classes\n\n");
    table.append("Made from the code by `FamiliesTableTest`, which fails when the two differ.\n");
    table.append("Any other class loads through a [`skeleton.json`](skeleton-json.md).\n\n");
    table.append("## Stated in Java\n\n");
    table.append("| `model_type` | classes |\n| --- | --- |\n");
    for (Family family : Families.all()) {
      table.append("| `").append(family.modelType()).append("` | ");
      table.append(
          family.architectures().stream()
              .map(Architecture::className)
              .collect(Collectors.joining(", ")));
      table.append(" |\n");
    }
    table.append("\n## By the atlas\n\n");
    table.append(
        "Described in documents found by tracing the reference: [the atlas](atlas.md).\n\n");
    table.append("| `model_type` | classes |\n| --- | --- |\n");
    Map<String, List<String>> described = new TreeMap<>();
    Atlas.classes()
        .forEach((name, type) -> described.computeIfAbsent(type, t -> new ArrayList<>()).add(name));
    described.forEach(
        (type, classes) ->
            table.append("| `%s` | %s |%n".formatted(type, String.join(", ", classes))));
    table.append("\n## Left out of the atlas, and why\n\n");
    table.append("Classes the reference has besides were not tried yet.\n\n");
    table.append("| class | what its description did not pass |\n| --- | --- |\n");
    Atlas.leftOut()
        .forEach(
            (name, why) ->
                table.append("| %s | `%s` |%n".formatted(name, why.replaceAll("[|`]", "/"))));
    return table.toString();
  }
}
