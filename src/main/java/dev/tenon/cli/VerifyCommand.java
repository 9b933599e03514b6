package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.Tenon;
import dev.tenon.checkpoint.Verification;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenon verify}: whether files keep the format's rules. */
@Command(
    name = "verify",
    description = "Checks files against the format's rules. Never loads libtorch.")
final class VerifyCommand extends TenonCommand {
  @Parameters(
      paramLabel = "PATH",
      description = "A weight file, an index of shards, or a checkpoint's directory.")
  private Path path;

  @Option(names = "--data", description = "Read every byte, not the headers alone.")
  private boolean data;

  VerifyCommand(Console console) {
    super(console);
  }

  @Override
  void run(Console console) {
    Verification found = Tenon.verify(path, data);
    if (json()) {
      console.json(json -> write(found, json));
    } else {
      console
          .out()
          .printf(
              "%s: valid, %s tensors in %d files, %s%s%n",
              found.path(),
              Units.count(found.tensors()),
              found.files(),
              Units.bytes(found.bytes()),
              found.dataRead() ? ", every byte read" : "");
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
