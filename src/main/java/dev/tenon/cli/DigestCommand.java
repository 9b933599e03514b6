package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadProgress;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Progress;
import dev.tenon.cli.output.Units;
import dev.tenon.integrity.CheckpointDigest;
import dev.tenon.integrity.DigestFile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code tenon digest}: what tells a checkpoint's bytes from any others. */
final class DigestCommand extends TenonCommand {
  static final String CHECK = "--check";
  private static final String WRITE = "--write";

  DigestCommand() {
    super(
        "Computes SHA-256 of each file and CRC-32 of each tensor; prints the files as sha256sum"
            + " does, all of it with --json. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A checkpoint's directory, a weight file, or an index of shards.");
    spec.addOption(Options.value(WRITE, Path.class, "FILE", "Write the digest to a file."));
    spec.addOption(
        Options.value(
            CHECK, Path.class, "FILE", "Compare with a digest file; a difference is status 1."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    Path write = parsed.matchedOptionValue(WRITE, null);
    Path check = parsed.matchedOptionValue(CHECK, null);
    if (write != null && check != null) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(), "A digest is written or checked, not both");
    }
    Path path = Source.checkpoint(parsed, console);
    CheckpointDigest digest = digest(path, check, quiet(parsed), console);
    if (write != null) {
      DigestFile.write(digest, write);
    }
    if (json(parsed) && check != null) {
      console.json(json -> write(path, check, digest, json));
    } else if (json(parsed)) {
      print(digest, console.out());
    } else if (write == null && check == null) {
      digest.files().forEach(file -> console.out().println(file.sha256() + "  " + file.name()));
    } else {
      print(write == null ? path : write, check, digest, console.out());
    }
  }

  private static CheckpointDigest digest(
      Path path, @Nullable Path check, boolean quiet, Console console) {
    try (Progress progress = Progress.to(console.err())) {
      LoadProgress told = quiet ? LoadProgress.NONE : progress;
      return check == null ? Tenon.digest(path, told) : Tenon.check(path, check, told);
    }
  }

  private static void print(CheckpointDigest digest, PrintStream out) {
    try {
      DigestFile.write(digest, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.flush();
  }

  private static void write(Path path, Path check, CheckpointDigest digest, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("path", path.toString());
    json.writeStringField("digest", check.toString());
    json.writeBooleanField("equal", true);
    json.writeNumberField("files", digest.files().size());
    json.writeNumberField("tensors", digest.tensors());
    json.writeNumberField("bytes", digest.bytes());
    json.writeEndObject();
  }

  private static void print(
      Path what, @Nullable Path check, CheckpointDigest digest, PrintStream out) {
    out.printf(
        "%s: %s%s tensors in %d files, %s%n",
        what,
        check == null ? "" : "as " + check + " says, ",
        Units.count(digest.tensors()),
        digest.files().size(),
        Units.bytes(digest.bytes()));
  }
}
