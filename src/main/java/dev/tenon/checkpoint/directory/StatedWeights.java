package dev.tenon.checkpoint.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.tenon.checkpoint.format.Errors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The weight file or index that a config names itself, in {@code transformers_weights}: it counts
 * before the usual names.
 */
final class StatedWeights {
  private static final String FIELD = "transformers_weights";
  private static final long MAX_BYTES = 16L << 20;

  private StatedWeights() {}

  /** The file, or null if the directory's config names none, or is none: who reads it says so. */
  static @Nullable Path in(Path directory) {
    Path config = directory.resolve("config.json");
    String name = named(config);
    if (name == null) {
      return null;
    }
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      throw Errors.bad(file, "The weight file that the config names is missing", "config", config);
    }
    return file;
  }

  /** The file's path below the config's directory, whether or not it is there; null as above. */
  static @Nullable String named(Path config) {
    try {
      if (!Files.isRegularFile(config) || Files.size(config) > MAX_BYTES) {
        return null;
      }
      String text = Files.readString(config);
      // A name may be written in escapes; next to no config has either.
      return text.contains(FIELD) || text.contains("\\u") ? stated(config, text) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable String stated(Path config, String text) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
    try (JsonParser json = factory.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = json.currentName().equals(FIELD);
        JsonToken value = json.nextToken();
        if (found && value != JsonToken.VALUE_NULL) {
          return checked(config, value == JsonToken.VALUE_STRING ? json.getText() : "");
        }
        json.skipChildren();
      }
    } catch (JsonProcessingException e) {
      return null;
    }
    return null;
  }

  private static String checked(Path config, String name) {
    if (!name.endsWith(".safetensors") && !name.endsWith(".safetensors.index.json")) {
      throw Errors.bad(
          config,
          "The config names weights that are neither a safetensors file nor an index of some",
          FIELD,
          name);
    }
    if (!PlainNames.isPath(name)) {
      throw Errors.bad(config, "The config names weights outside its directory", FIELD, name);
    }
    return name;
  }
}
