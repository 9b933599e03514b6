package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Json;
import dev.tenon.cli.output.Table;
import dev.tenon.cli.output.Units;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon skeleton}: the slots a class has. */
final class SkeletonCommand extends TenonCommand {
  SkeletonCommand() {
    super("Lists the slots a class has under a config. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "CONFIG", "A config.json, or the directory it is in.");
    LoadChoice.declare(spec);
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    LoadPlan plan = Tenon.skeleton(Source.config(parsed, console), LoadChoice.read(parsed).build());
    if (json(parsed)) {
      console.json(json -> write(plan, json));
    } else {
      print(plan, console.out());
    }
  }

  private static void write(LoadPlan plan, JsonGenerator json) throws IOException {
    Skeleton skeleton = plan.skeleton();
    json.writeStartObject();
    json.writeStringField("class", skeleton.className());
    json.writeStringField("modelType", skeleton.modelType());
    json.writeStringField("baseModelPrefix", skeleton.basePrefix());
    json.writeArrayFieldStart("parameters");
    for (Step step : plan.steps()) {
      if (step.slot().isParameter()) {
        writeSlot(step, json);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("buffers");
    for (Step step : plan.steps()) {
      if (!step.slot().isParameter()) {
        writeSlot(step, json);
      }
    }
    json.writeEndArray();
    json.writeObjectFieldStart("tied");
    for (Tie tie : skeleton.ties()) {
      json.writeStringField(tie.target(), tie.source());
    }
    json.writeEndObject();
    Json.strings(json, "warnings", plan.warnings());
    json.writeEndObject();
  }

  private static void writeSlot(Step step, JsonGenerator json) throws IOException {
    Slot slot = step.slot();
    json.writeStartObject();
    json.writeStringField("name", slot.name());
    Json.shape(json, "shape", slot.shape());
    json.writeStringField("dtype", step.dtype().torchName());
    if (!slot.isParameter()) {
      json.writeBooleanField("persistent", slot.persistent());
    }
    json.writeEndObject();
  }

  private static void print(LoadPlan plan, PrintStream out) {
    Skeleton skeleton = plan.skeleton();
    out.println(skeleton.className() + " (" + skeleton.modelType() + ")");
    Table table = new Table();
    long elements = 0;
    for (Step step : plan.steps()) {
      Slot slot = step.slot();
      elements += slot.isParameter() ? slot.shape().elements() : 0;
      String role =
          slot.isParameter() ? "parameter" : slot.persistent() ? "buffer" : "transient buffer";
      table.add(slot.name(), role, step.dtype().torchName(), slot.shape().toString());
    }
    table.print(out);
    for (Tie tie : skeleton.ties()) {
      out.println("  " + tie.target() + " is tied to " + tie.source());
    }
    plan.warnings().forEach(warning -> out.println("warning: " + warning));
    out.println(Units.count(elements) + " elements in parameters, tied ones counted each");
  }
}
