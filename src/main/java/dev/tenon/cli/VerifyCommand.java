package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadProgress;
import dev.tenon.Tenon;
import dev.tenon.VerifyOptions;
import dev.tenon.checkpoint.NonFinite;
import dev.tenon.checkpoint.Verification;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Progress;
import dev.tenon.cli.output.Table;
import dev.tenon.cli.output.Units;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon verify}: whether files keep the format's rules. */
final class VerifyCommand extends TenonCommand {
  private static final String DATA = "--data";
  private static final String NAN = "--nan";

  VerifyCommand() {
    super("Checks files against the format's rules. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A weight file, an index of shards, or a checkpoint's directory.");
    spec.addOption(
        Options.flag(
            DATA,
            "Read every byte, not the headers alone; a blob of the Hugging Face cache has to have the"
                + " hash in its name."));
    spec.addOption(
        Options.flag(NAN, "Count each tensor's NaN and infinite values, which reads every byte."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    Verification found = verify(parsed, console);
    if (json(parsed)) {
      console.json(json -> write(found, json));
    } else {
      print(found, console.out());
    }
  }

  private static Verification verify(ParseResult parsed, Console console) {
    Path path = Source.checkpoint(parsed, console);
    boolean nan = parsed.hasMatchedOption(NAN);
    boolean data = nan || parsed.hasMatchedOption(DATA);
    if (!data) {
      return Tenon.verify(path, VerifyOptions.headers());
    }
    try (Progress progress = Progress.to(console.err())) {
      LoadProgress told = quiet(parsed) ? LoadProgress.NONE : progress;
      return Tenon.verify(path, new VerifyOptions(data, nan, told));
    }
  }

  private static void print(Verification found, PrintStream out) {
    String files = Units.count(found.tensors()) + " tensors in " + found.files() + " files, ";
    String read = found.dataRead() ? ", every byte read" : "";
    String hashed = found.hashed() > 0 ? ", " + found.hashed() + " with their blob's hash" : "";
    String what = files + Units.bytes(found.bytes()) + read + hashed + verdict(found.nonFinite());
    out.println(found.path() + ": valid, " + what);
    if (found.nonFinite() != null) {
      Table table = new Table();
      for (NonFinite tensor : found.nonFinite()) {
        table.add(
            tensor.tensor(),
            tensor.file().getFileName().toString(),
            tensor.dtype().torchName(),
            Units.count(tensor.nans()) + " NaN",
            Units.count(tensor.infinities()) + " infinite");
      }
      table.print(out);
    }
  }

  private static String verdict(@Nullable List<NonFinite> found) {
    return found == null
        ? ""
        : found.isEmpty()
            ? ", all values finite"
            : ", " + Units.count(found.size()) + " tensors hold NaN or infinity:";
  }

  private static void write(Verification found, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", found.path().toString());
    json.writeBooleanField("valid", true);
    json.writeNumberField("files", found.files());
    json.writeNumberField("tensors", found.tensors());
    json.writeNumberField("bytes", found.bytes());
    json.writeBooleanField("dataRead", found.dataRead());
    json.writeNumberField("hashed", found.hashed());
    if (found.nonFinite() != null) {
      json.writeArrayFieldStart("nonFinite");
      for (NonFinite tensor : found.nonFinite()) {
        json.writeStartObject();
        json.writeStringField("file", tensor.file().getFileName().toString());
        json.writeStringField("name", tensor.tensor());
        json.writeStringField("dtype", tensor.dtype().torchName());
        json.writeNumberField("nan", tensor.nans());
        json.writeNumberField("infinite", tensor.infinities());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
