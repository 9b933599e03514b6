package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.Tenon;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.gguf.GgufTensor;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Json;
import dev.tenon.cli.output.Table;
import dev.tenon.cli.output.Units;
import dev.tenon.quantised.Packing;
import dev.tenon.quantised.Summary;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon inspect}: what headers say. */
final class InspectCommand extends TenonCommand {
  InspectCommand() {
    super("Prints the header of a file, or of all files of a directory. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A weight file, an index of shards, or a checkpoint's directory.");
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    Checkpoint checkpoint = Tenon.inspect(Source.checkpoint(parsed, console));
    if (json(parsed)) {
      console.json(json -> write(checkpoint, json));
    } else {
      print(checkpoint, console.out());
    }
  }

  private static void write(Checkpoint checkpoint, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("tensors");
    for (TensorEntry entry : checkpoint.entries()) {
      write(entry, checkpoint, json);
    }
    json.writeEndArray();
    json.writeNumberField("bytes", checkpoint.bytes());
    write(Tenon.quantised(checkpoint), json);
    json.writeArrayFieldStart("files");
    for (Shard shard : checkpoint.shards()) {
      json.writeStartObject();
      json.writeStringField("file", shard.file().toString());
      json.writeNumberField("bytes", shard.size());
      json.writeObjectFieldStart("metadata");
      for (Map.Entry<String, String> value : shard.metadata().entrySet()) {
        json.writeStringField(value.getKey(), value.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("tensors");
      for (TensorEntry entry : shard.entries()) {
        write(entry, checkpoint, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** What is packed in which way; an empty array if nothing is. */
  private static void write(Summary quantised, JsonGenerator json) throws IOException {
    if (!quantised.method().isEmpty()) {
      json.writeStringField("quant_method", quantised.method());
    }
    json.writeArrayFieldStart("quantised");
    for (Map.Entry<Packing, Integer> packed : quantised.counts().entrySet()) {
      Packing packing = packed.getKey();
      json.writeStartObject();
      json.writeStringField("scheme", packing.scheme());
      if (packing.bits() > 0) {
        json.writeNumberField("bits", packing.bits());
      }
      if (!packing.group().isEmpty()) {
        json.writeStringField("group", packing.group());
      }
      json.writeNumberField("tensors", packed.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(TensorEntry entry, Checkpoint checkpoint, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", entry.name());
    Json.shape(json, "shape", shape(entry, checkpoint));
    json.writeStringField("dtype", dtype(entry, checkpoint));
    json.writeNumberField("offset", entry.offset());
    json.writeNumberField("bytes", entry.bytes());
    json.writeEndObject();
  }

  /** Of a tensor in blocks, what the blocks stand for. */
  private static Shape shape(TensorEntry entry, Checkpoint checkpoint) {
    GgufTensor tensor = checkpoint.ggufTensor(entry.name());
    return tensor == null ? entry.shape() : tensor.shape();
  }

  private static String dtype(TensorEntry entry, Checkpoint checkpoint) {
    GgufTensor tensor = checkpoint.ggufTensor(entry.name());
    boolean blocks = tensor != null && tensor.type().dtype() == null;
    return blocks ? tensor.type().name() : entry.dtype().torchName();
  }

  private static void print(Checkpoint checkpoint, PrintStream out) {
    for (Shard shard : checkpoint.shards()) {
      out.println(shard.file() + ": " + Units.bytes(shard.size()));
      for (Map.Entry<String, String> entry : shard.metadata().entrySet()) {
        out.println("  " + entry.getKey() + " = " + entry.getValue());
      }
      Table table = new Table();
      for (TensorEntry entry : shard.entries()) {
        table.add(entry.name(), dtype(entry, checkpoint), shape(entry, checkpoint).toString());
      }
      table.print(out);
    }
    String tensors = Units.count(checkpoint.entries().size());
    out.println(tensors + " tensors, " + Units.bytes(checkpoint.bytes()));
    Summary quantised = Tenon.quantised(checkpoint);
    if (!quantised.isEmpty()) {
      out.println("quantised: " + quantised);
    }
  }
}
