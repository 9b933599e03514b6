package dev.tenon.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.LoadOptions;
import dev.tenon.Residency;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a load says of where its time went, to a trace file and to Flight Recorder. */
class TraceTest {
  private static final Path CHECKPOINT = Path.of("src/test/resources/scenarios/gemma2-sharded");
  private static final LoadOptions POPULATED =
      LoadOptions.builder().residency(Residency.POPULATE).build();

  @TempDir private Path directory;

  @Test
  void aTraceFileHoldsPhasesAndShardsOfALoad() throws IOException {
    Path file = directory.resolve("trace.json");

    Tenon.load(CHECKPOINT, POPULATED.toBuilder().trace(file).build()).close();

    List<JsonNode> events = events(file);
    assertThat(names(events, "phase"))
        .containsSubsequence(
            "headers", "config", "plan", "libtorch", "allocate", "read", "init", "tie")
        .hasSizeBetween(
            8, 9); // Pages come in while libtorch loads, where the native core brings them.
    assertThat(names(events, "shard"))
        .containsOnlyOnce("model-00001-of-00007.safetensors", "model-00007-of-00007.safetensors");
    assertThat(events)
        .filteredOn(event -> event.path("ph").textValue().equals("M"))
        .anyMatch(
            event ->
                event.at("/args/name").textValue().equals(Thread.currentThread().getName())
                    && event.path("tid").longValue() == Thread.currentThread().getId());
  }

  @Test
  void aShardLiesWithinTheReadPhase() throws IOException {
    Path file = directory.resolve("trace.json");

    Tenon.load(CHECKPOINT, POPULATED.toBuilder().trace(file).build()).close();

    JsonNode read = event(events(file), "read");
    JsonNode shard = event(events(file), "model-00001-of-00007.safetensors");
    assertThat(start(shard)).isGreaterThanOrEqualTo(start(read));
    assertThat(end(shard)).isLessThanOrEqualTo(end(read));
    assertThat(shard.at("/args/bytes").longValue()).isPositive();
  }

  @Test
  void aSlotIsKeptFromTenMillisecondsOn() {
    Trace trace = Trace.keeping();

    trace.add(Span.Kind.SLOT, "small", 1, 0, 9_999_999);
    trace.add(Span.Kind.SLOT, "big", 1, 0, 10_000_000);
    trace.add(Span.Kind.SHARD, "file", 1, 0, 1);

    assertThat(trace.spans()).extracting(Trace.Kept::name).containsExactly("big", "file");
  }

  @Test
  void withoutAFileNothingIsKept() {
    Trace.OFF.shard("file", 1).close();

    assertThat(Trace.OFF.spans()).isEmpty();
  }

  @Test
  void aFileThatCannotBeWrittenIsNoticedBeforeTheLoad() {
    Path file = directory.resolve("no/such/directory/trace.json");

    assertThatThrownBy(
            () -> Tenon.load(directory, LoadOptions.builder().trace(file).build()).close())
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The trace cannot be written: file=" + file);
  }

  @Test
  void flightRecorderIsToldToo() throws IOException {
    Path file = directory.resolve("load.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.tenon.Phase");
      recording.enable("dev.tenon.Shard");
      recording.start();
      Tenon.load(CHECKPOINT, POPULATED).close();
      recording.stop();
      recording.dump(file);
    }

    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(recorded(events, "dev.tenon.Phase")).contains("headers", "plan", "read", "tie");
    assertThat(recorded(events, "dev.tenon.Shard")).contains("model-00001-of-00007.safetensors");
  }

  private static List<String> recorded(List<RecordedEvent> events, String type) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(type))
        .map(event -> event.getString("name"))
        .toList();
  }

  private static List<JsonNode> events(Path file) throws IOException {
    JsonNode trace = JsonMapper.builder().build().readTree(Files.readString(file));
    return StreamSupport.stream(trace.get("traceEvents").spliterator(), false).toList();
  }

  private static List<String> names(List<JsonNode> events, String category) {
    List<String> names = new ArrayList<>();
    for (JsonNode event : events) {
      if (event.path("cat").asText().equals(category)) {
        names.add(event.get("name").textValue());
      }
    }
    return names;
  }

  private static JsonNode event(List<JsonNode> events, String name) {
    return events.stream()
        .filter(event -> event.get("name").textValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static double start(JsonNode event) {
    return event.get("ts").doubleValue();
  }

  private static double end(JsonNode event) {
    return start(event) + event.get("dur").doubleValue();
  }
}
