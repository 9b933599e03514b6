package dev.tenon.checkpoint.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.SafetensorsHeader;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.FileKind;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.checkpoint.format.StrictJson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The index beside a sharded checkpoint: {@code {"metadata": {…}, "weight_map": {name: file}}}.
 *
 * @param file the index
 * @param weightMap the file name of the shard each tensor is said to be in, in the order written
 * @param metadata the scalars of {@code metadata}, such as {@code total_size}, as text
 */
public record ShardIndex(Path file, Map<String, String> weightMap, Map<String, String> metadata) {

  /** In bytes: as long as the longest header, which names as many tensors. */
  private static final long LONGEST = SafetensorsHeader.LONGEST;

  /** Reads an index; shard names that could lead out of its directory are refused. */
  public static ShardIndex read(Path path) {
    try (RegularFile file = RegularFile.open(path)) {
      return read(file);
    } catch (IOException e) {
      throw Errors.io(path, e);
    }
  }

  private static ShardIndex read(RegularFile file) throws IOException {
    try {
      return parse(file);
    } catch (TenonException e) {
      FileKind kind = FileKind.of(file.path());
      throw kind.isKnown() && kind != FileKind.JSON
          ? kind.insteadOf("a shard index", file.path())
          : e;
    }
  }

  private static ShardIndex parse(RegularFile file) throws IOException {
    if (file.size() > LONGEST) {
      throw Errors.bad(
          file.path(), "The index is too long", "length", file.size(), "allowed", LONGEST);
    }
    Map<String, String> weightMap = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (StrictJson json = StrictJson.over(file.stream(0, file.size()))) {
      require(json.next() == JsonToken.START_OBJECT, file, "The index is no JSON object");
      Set<String> fields = new HashSet<>();
      for (String name = json.nextName(fields); name != null; name = json.nextName(fields)) {
        JsonToken value = json.next();
        if (name.equals("weight_map")) {
          require(value == JsonToken.START_OBJECT, file, "weight_map is no JSON object");
          weights(json, file, weightMap);
        } else if (name.equals("metadata") && value == JsonToken.START_OBJECT) {
          scalars(json, metadata);
        } else {
          json.skipValue();
        }
      }
      json.end();
    } catch (JsonProcessingException e) {
      throw StrictJson.fault(file.path(), "index", e);
    } catch (CharacterCodingException e) {
      throw Errors.bad(file.path(), "The index is not valid UTF-8");
    }
    require(!weightMap.isEmpty(), file, "The index has no weight_map, or an empty one");
    return new ShardIndex(file.path(), weightMap, metadata);
  }

  private static void weights(StrictJson json, RegularFile file, Map<String, String> into)
      throws IOException {
    Map<String, String> seen = new HashMap<>();
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.requireNew(!into.containsKey(key));
      require(json.next() == JsonToken.VALUE_STRING, file, "A shard's name is no string");
      String shard = json.text();
      String known = seen.putIfAbsent(shard, shard);
      if (known == null) {
        checkName(file.path(), shard);
        known = shard;
      }
      into.put(key, known);
    }
  }

  private static void scalars(StrictJson json, Map<String, String> into) throws IOException {
    Set<String> seen = new HashSet<>();
    for (String key = json.nextName(seen); key != null; key = json.nextName(seen)) {
      JsonToken value = json.next();
      if (value.isScalarValue()) {
        into.put(key, json.text());
      }
      json.skipValue();
    }
  }

  private static void checkName(Path index, String shard) {
    if (!PlainNames.isFile(shard)) {
      throw Errors.bad(index, "A shard's name must be a plain file name", "shard", shard);
    }
  }

  private static void require(boolean condition, RegularFile file, String sentence) {
    if (!condition) {
      throw Errors.bad(file.path(), sentence);
    }
  }

  /** The shards, each once, sorted by name. */
  public List<Path> shards() {
    List<Path> shards = new ArrayList<>();
    for (String name : new TreeSet<>(weightMap.values())) {
      shards.add(file.resolveSibling(name));
    }
    return List.copyOf(shards);
  }
}
