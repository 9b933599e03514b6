package dev.tenon.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.TenonException;
import dev.tenon.file.NewFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A trace as a file in Chrome's JSON format, which Perfetto and {@code chrome://tracing} open: a
 * complete event ({@code "ph": "X"}) a span, microseconds since the first one, and a name a thread.
 */
public final class ChromeTrace implements AutoCloseable {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int PROCESS = 1;

  private final Path path;
  private final NewFile file;

  private ChromeTrace(Path path, NewFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Begins the file, so that one that cannot be written is noticed before the work. Nothing has its
   * name until it is written.
   *
   * @return the file, which the caller closes
   * @throws TenonException if no file can be made there
   */
  public static ChromeTrace create(Path file) {
    try {
      return new ChromeTrace(file, NewFile.create(file));
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Writes all spans that have ended.
   *
   * @throws TenonException if the file cannot be written
   */
  public void write(Trace trace) {
    try {
      file.write(out -> write(trace, out));
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static void write(Trace trace, OutputStream out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("displayTimeUnit", "ms");
      json.writeArrayFieldStart("traceEvents");
      List<Trace.Kept> spans = trace.spans();
      Set<Thread> threads = new LinkedHashSet<>();
      for (Trace.Kept span : spans) {
        write(span, spans.get(0).start(), json);
        threads.add(span.thread());
      }
      for (Thread thread : threads) {
        name(thread, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void write(Trace.Kept span, long zero, JsonGenerator json) throws IOException {
    event(span.name(), "X", span.thread(), json);
    json.writeStringField("cat", span.kind().category());
    json.writeNumberField("ts", (span.start() - zero) / NANOS_PER_MICRO);
    json.writeNumberField("dur", (span.end() - span.start()) / NANOS_PER_MICRO);
    if (span.bytes() > 0) {
      json.writeObjectFieldStart("args");
      json.writeNumberField("bytes", span.bytes());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void name(Thread thread, JsonGenerator json) throws IOException {
    event("thread_name", "M", thread, json);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", thread.getName());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void event(String name, String phase, Thread thread, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("ph", phase);
    json.writeNumberField("pid", PROCESS);
    json.writeNumberField("tid", thread.getId());
  }

  /** Deletes what is unfinished. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static TenonException failed(Path file, IOException e) {
    return new TenonException("The trace cannot be written: file=" + file + ", reason=" + e, e);
  }
}
