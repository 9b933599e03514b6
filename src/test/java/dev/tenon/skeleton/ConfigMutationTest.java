package dev.tenon.skeleton;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever number a config holds, it describes a model that can be counted, or one error says why
 * not.
 */
class ConfigMutationTest {
  private static final long LONGEST = 5_000_000_000L;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<JsonNode> VALUES =
      List.of(
          JSON.numberNode(-1),
          JSON.numberNode(0),
          JSON.numberNode(1.5),
          JSON.numberNode(Integer.MAX_VALUE),
          JSON.numberNode(1L << 53),
          JSON.numberNode(1e300),
          JSON.nullNode(),
          JSON.textNode("x"),
          JSON.arrayNode(),
          JSON.objectNode());

  /** A small config of each family. */
  static Stream<GoldenFamilies.Row> rows() {
    Set<String> seen = new HashSet<>();
    return GoldenFamilies.rows().stream()
        .filter(row -> row.variant().equals("small") && seen.add(row.modelType()));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyNumberIsTakenOrRefused(GoldenFamilies.Row row) {
    ObjectNode config = row.json().get("config").deepCopy();
    for (Place place : places(config)) {
      JsonNode before = place.get();
      for (JsonNode value : VALUES) {
        place.set(value);
        check(row.className(), config, () -> place.name() + " = " + value);
      }
      place.set(before);
    }
  }

  /**
   * A model whose bytes can be counted, or one error that names the file or the tensors; and
   * neither takes long.
   */
  private static void check(String className, ObjectNode config, Supplier<String> change) {
    long began = System.nanoTime();
    try {
      Config mutated = Config.parse("config.json", config.toString());
      Skeleton skeleton = Families.skeleton(className, mutated);
      long bytes = Planner.initialize(skeleton, DType.F64).bytes().initialized();
      assertThat(bytes).as(change).isNotNegative();
    } catch (TenonException e) {
      assertThat(e.getMessage()).as(change).containsPattern("file=config.json|target=");
    } catch (RuntimeException | Error e) {
      throw new AssertionError(change.get(), e);
    }
    assertThat(System.nanoTime() - began).as(change).isLessThan(LONGEST);
  }

  /** Where a number stands: a field of an object, or the first element of a list. */
  private record Place(JsonNode parent, String name) {
    JsonNode get() {
      return parent instanceof ArrayNode list ? list.get(0) : parent.get(name);
    }

    void set(JsonNode value) {
      if (parent instanceof ArrayNode list) {
        list.set(0, value);
      } else {
        ((ObjectNode) parent).set(name, value);
      }
    }
  }

  private static List<Place> places(ObjectNode object) {
    List<Place> places = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode value = field.getValue();
      if (value.isNumber()) {
        places.add(new Place(object, field.getKey()));
      } else if (value.isArray() && value.path(0).isNumber()) {
        places.add(new Place(object, field.getKey()));
        places.add(new Place(value, field.getKey() + "[0]"));
      } else if (value instanceof ObjectNode inner) {
        places.addAll(places(inner));
      }
    }
    return places;
  }
}
