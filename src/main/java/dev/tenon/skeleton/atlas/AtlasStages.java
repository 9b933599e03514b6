package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a backbone gives out: names of its stages and their places, of which a config says either,
 * both, or nothing for the last.
 *
 * @param first the name of what comes before the first stage
 * @param name what the stages are called, before their numbers from 1
 * @param count how many there are
 */
record AtlasStages(String first, String name, Expression count) {
  private static final int MOST = 1 << 16;

  static AtlasStages read(SkeletonNode node, AtlasReader reader) {
    node.only(Set.of("first", "name", "count"));
    return new AtlasStages(
        node.field("first").text(),
        node.field("name").text(),
        reader.expression(node.field("count")));
  }

  /** Sets the fields of a config, whose names begin with {@code dot}. */
  void complete(String dot, Map<String, @Nullable Object> fields, Object config) {
    long stages = Python.whole(count.value(fields));
    if (stages < 0 || stages > MOST) {
      throw AtlasFields.refused(config, dot + "stage_names", Long.toString(stages));
    }
    List<@Nullable Object> names = new ArrayList<>();
    names.add(first);
    for (long i = 1; i <= stages; i++) {
      names.add(name + i);
    }
    Object features = fields.get(dot + "out_features");
    Object places = fields.get(dot + "out_indices");
    if (features == null) {
      List<?> asked = places == null ? List.of(stages) : Python.list(places);
      List<@Nullable Object> found = new ArrayList<>();
      for (Object place : asked) {
        found.add(names.get(at(Python.whole(place), names.size(), dot, config)));
      }
      features = found;
      places = asked;
    } else if (places == null) {
      List<@Nullable Object> found = new ArrayList<>();
      for (Object feature : Python.list(features)) {
        int place = names.indexOf(feature);
        if (place < 0) {
          throw AtlasFields.refused(config, dot + "out_features", String.valueOf(feature));
        }
        found.add((long) place);
      }
      places = found;
    }
    fields.put(dot + "stage_names", names);
    for (String prefix : List.of(dot, dot + "_")) {
      fields.put(prefix + "out_features", features);
      fields.put(prefix + "out_indices", places);
    }
  }

  private static int at(long place, int size, String dot, Object config) {
    long from = place < 0 ? place + size : place;
    if (from < 0 || from >= size) {
      throw AtlasFields.refused(config, dot + "out_indices", Long.toString(place));
    }
    return (int) from;
  }
}
