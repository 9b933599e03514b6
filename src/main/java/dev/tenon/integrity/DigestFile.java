package dev.tenon.integrity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.tenon.TenonException;
import dev.tenon.file.NewFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/**
 * A digest in a file:
 *
 * <pre>{@code
 * {"format": "tenon-digest", "version": 1, "files": [
 *   {"file": "model.safetensors", "bytes": 96, "sha256": "64 digits",
 *    "tensors": {"model.norm.weight": "8 digits"}}]}
 * }</pre>
 */
public final class DigestFile {
  static final String FORMAT = "tenon-digest";
  static final int VERSION = 1;

  private DigestFile() {}

  /**
   * Reads a digest.
   *
   * @param file the file; symbolic links are followed
   * @return what it says
   * @throws TenonException if it is not there, too large, or no such document; the message names
   *     the field
   */
  public static CheckpointDigest read(Path file) {
    return DigestReader.read(file);
  }

  /**
   * Writes a digest, in the place of whatever is there; never half of it.
   *
   * @param digest what to write
   * @param file where
   * @throws TenonException if it cannot be written
   */
  public static void write(CheckpointDigest digest, Path file) {
    try (NewFile whole = NewFile.create(file)) {
      whole.write(out -> write(digest, out));
    } catch (IOException e) {
      throw new TenonException("The digest cannot be written: file=" + file + ", reason=" + e, e);
    }
  }

  /**
   * Writes a digest as one JSON document and a line end.
   *
   * @param digest what to write
   * @param out takes it and stays open
   * @throws IOException if that cannot be written to
   */
  public static void write(CheckpointDigest digest, OutputStream out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE));
      write(digest, json);
      json.writeRaw('\n');
    }
  }

  private static void write(CheckpointDigest digest, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("format", FORMAT);
    json.writeNumberField("version", VERSION);
    json.writeArrayFieldStart("files");
    for (CheckpointDigest.OfFile file : digest.files()) {
      json.writeStartObject();
      json.writeStringField("file", file.name());
      json.writeNumberField("bytes", file.bytes());
      json.writeStringField("sha256", file.sha256());
      json.writeObjectFieldStart("tensors");
      for (Map.Entry<String, Integer> tensor : file.tensors().entrySet()) {
        json.writeStringField(tensor.getKey(), hex(tensor.getValue()));
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** A checksum's eight hexadecimal digits. */
  static String hex(int crc32) {
    return HexFormat.of().toHexDigits(crc32);
  }
}
