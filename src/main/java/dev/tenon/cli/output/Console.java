package dev.tenon.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/**
 * Where a command writes: results to {@code out}, all else to {@code err}.
 *
 * @param out one document or table, nothing else
 * @param err progress and errors
 */
public record Console(PrintStream out, PrintStream err) {

  /** Writes a JSON document. */
  @FunctionalInterface
  public interface Document {
    /** Writes one value. */
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes one JSON document and a line end to {@code out}, streaming. */
  public void json(Document document) {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      document.write(json);
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.flush();
  }
}
