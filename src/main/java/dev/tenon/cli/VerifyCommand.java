package dev.tenon.cli;

import dev.tenon.Tenon;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import java.nio.file.Path;
import picocli.CommandLine.Command;
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

  VerifyCommand(Console console) {
    super(console);
  }

  @Override
  void run(Console console) {
    Checkpoint checkpoint = Tenon.inspect(path);
    if (json()) {
      console.json(
          json -> {
            json.writeStartObject();
            json.writeBooleanField("valid", true);
            json.writeNumberField("tensors", checkpoint.entries().size());
            json.writeNumberField("bytes", checkpoint.bytes());
            json.writeEndObject();
          });
    } else {
      for (Shard shard : checkpoint.shards()) {
        console.out().println(shard.file() + ": valid, " + shard.entries().size() + " tensors");
      }
    }
  }
}
