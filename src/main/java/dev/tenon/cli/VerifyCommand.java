package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.Tenon;
import dev.tenon.checkpoint.Verification;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon verify}: whether files keep the format's rules. */
final class VerifyCommand extends TenonCommand {
  private static final String DATA = "--data";

  VerifyCommand() {
    super("Checks files against the format's rules. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    spec.addPositional(
        Options.path("PATH", "A weight file, an index of shards, or a checkpoint's directory."));
    spec.addOption(Options.flag(DATA, "Read every byte, not the headers alone."));
  }

  @Override
  void run(ParseResult parsed, Console console) {
    Verification found = Tenon.verify(Options.path(parsed), parsed.hasMatchedOption(DATA));
    if (json(parsed)) {
      console.json(json -> write(found, json));
    } else {
      String files = Units.count(found.tensors()) + " tensors in " + found.files() + " files, ";
      String read = found.dataRead() ? ", every byte read" : "";
      console.out().println(found.path() + ": valid, " + files + Units.bytes(found.bytes()) + read);
    }
  }

  private static void write(Verification found, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", found.path().toString());
    json.writeBooleanField("valid", true);
    json.writeNumberField("files", found.files());
    json.writeNumberField("tensors", found.tensors());
    json.writeNumberField("bytes", found.bytes());
    json.writeBooleanField("dataRead", found.dataRead());
    json.writeEndObject();
  }
}
