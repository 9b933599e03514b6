package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tenon skeleton}: the slots a class has. */
@Command(
    name = "skeleton",
    description = "Lists the slots a class has under a config. Never loads libtorch.")
final class SkeletonCommand extends TenonCommand {
  @Parameters(paramLabel = "CONFIG", description = "A config.json, or the directory it is in.")
  private Path config;

  @Mixin private ClassChoice choice;

  SkeletonCommand(Console console) {
    super(console);
  }

  @Override
  void run(Console console) {
    Skeleton skeleton = Tenon.skeleton(config, choice.into(LoadOptions.builder()).build());
    if (json()) {
      console.json(json -> write(skeleton, json));
    } else {
      print(skeleton, console.out());
    }
  }

  private static void write(Skeleton skeleton, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("class", skeleton.className());
    json.writeStringField("modelType", skeleton.modelType());
    json.writeStringField("baseModelPrefix", skeleton.basePrefix());
    json.writeArrayFieldStart("parameters");
    for (Slot slot : skeleton.slots()) {
      if (slot.isParameter()) {
        writeSlot(slot, json);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("buffers");
    for (Slot slot : skeleton.slots()) {
      if (!slot.isParameter()) {
        writeSlot(slot, json);
      }
    }
    json.writeEndArray();
    json.writeObjectFieldStart("tied");
    for (Tie tie : skeleton.ties()) {
      json.writeStringField(tie.target(), tie.source());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeSlot(Slot slot, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", slot.name());
    Json.shape(json, "shape", slot.shape());
    json.writeStringField("dtype", slot.dtype().torchName());
    if (!slot.isParameter()) {
      json.writeBooleanField("persistent", slot.persistent());
    }
    json.writeEndObject();
  }

  private static void print(Skeleton skeleton, PrintStream out) {
    out.println(skeleton.className() + " (" + skeleton.modelType() + ")");
    Table table = new Table();
    long elements = 0;
    for (Slot slot : skeleton.slots()) {
      elements += slot.isParameter() ? slot.shape().elements() : 0;
      String role =
          slot.isParameter() ? "parameter" : slot.persistent() ? "buffer" : "transient buffer";
      table.add(slot.name(), role, slot.dtype().torchName(), slot.shape().toString());
    }
    table.print(out);
    for (Tie tie : skeleton.ties()) {
      out.println("  " + tie.target() + " is tied to " + tie.source());
    }
    out.println(Units.count(elements) + " elements in parameters, tied ones counted each");
  }
}
