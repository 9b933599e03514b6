package dev.tenon.integrity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tenon.TenonException;
import dev.tenon.file.JsonReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a digest's document, strictly: a field that is missing, unknown or odd is an error. */
final class DigestReader {
  /** In bytes; a million tensors take a hundred million. */
  private static final long LONGEST = 256L << 20;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern CRC32 = Pattern.compile("[0-9a-f]{8}");
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(1 << 20).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final JsonParser json;

  private DigestReader(JsonParser json) {
    this.json = json;
  }

  static CheckpointDigest read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new TenonException("No such digest file: file=" + file);
      }
      if (Files.size(file) > LONGEST) {
        throw new TenonException(
            "The digest file is too large: file=%s, bytes=%d, allowed=%d"
                .formatted(file, Files.size(file), LONGEST));
      }
      try (InputStream in = Files.newInputStream(file);
          JsonParser json = JSON.createParser(in)) {
        return new DigestReader(json).document();
      }
    } catch (JsonProcessingException e) {
      throw new TenonException(
          "Not a digest file: file=" + file + ", reason=" + JsonReason.of(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new TenonException(
          "The digest file cannot be read: file=" + file + ", reason=" + e.getMessage(), e);
    }
  }

  private CheckpointDigest document() throws IOException {
    String format = null;
    long version = 0;
    List<CheckpointDigest.OfFile> files = null;
    require(json.nextToken() == JsonToken.START_OBJECT, "an object");
    for (String name = field(); name != null; name = field()) {
      switch (name) {
        case "format" -> format = text();
        case "version" -> version = number();
        case "files" -> files = files();
        default -> throw fault("unknown field " + name);
      }
    }
    require(DigestFile.FORMAT.equals(format), "format " + DigestFile.FORMAT);
    require(version == DigestFile.VERSION, "version " + DigestFile.VERSION);
    require(json.nextToken() == null, "nothing behind the document");
    return new CheckpointDigest(given(files, "files"));
  }

  private List<CheckpointDigest.OfFile> files() throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY, "a list of files");
    List<CheckpointDigest.OfFile> files = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      files.add(file());
    }
    return files;
  }

  private CheckpointDigest.OfFile file() throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT, "a file's object");
    String file = null;
    long bytes = -1;
    String sha256 = null;
    Map<String, Integer> tensors = null;
    for (String name = field(); name != null; name = field()) {
      switch (name) {
        case "file" -> file = text();
        case "bytes" -> bytes = number();
        case "sha256" -> sha256 = digits(SHA256);
        case "tensors" -> tensors = tensors();
        default -> throw fault("unknown field " + name);
      }
    }
    require(bytes >= 0, "bytes, not negative");
    return new CheckpointDigest.OfFile(
        given(file, "file"), bytes, given(sha256, "sha256"), given(tensors, "tensors"));
  }

  private Map<String, Integer> tensors() throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT, "an object of tensors");
    Map<String, Integer> tensors = new LinkedHashMap<>();
    for (String name = field(); name != null; name = field()) {
      tensors.put(name, Integer.parseUnsignedInt(digits(CRC32), 16));
    }
    return tensors;
  }

  /** Goes to the next field's value; its name, or null at the object's end. */
  private @Nullable String field() throws IOException {
    if (json.nextToken() == JsonToken.END_OBJECT) {
      return null;
    }
    String name = json.currentName();
    json.nextToken();
    return name;
  }

  private String text() throws IOException {
    require(json.currentToken() == JsonToken.VALUE_STRING, "a string");
    return json.getText();
  }

  private String digits(Pattern pattern) throws IOException {
    String text = text();
    require(pattern.matcher(text).matches(), "hexadecimal digits " + pattern);
    return text;
  }

  private long number() throws IOException {
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "a whole number");
    return json.getLongValue();
  }

  private <T> T given(@Nullable T value, String field) throws IOException {
    if (value == null) {
      throw fault("lacks " + field);
    }
    return value;
  }

  private void require(boolean condition, String expected) throws IOException {
    if (!condition) {
      throw fault("expected " + expected);
    }
  }

  private JsonParseException fault(String reason) {
    return new JsonParseException(json, reason);
  }
}
