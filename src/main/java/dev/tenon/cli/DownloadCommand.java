package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.TenonException;
import dev.tenon.hub.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon download}: a model comes into the Hugging Face cache. */
final class DownloadCommand extends TenonCommand {
  private static final String CONFIG = "--config";

  DownloadCommand() {
    super(
        "Brings what a load needs of a model into the Hugging Face cache, and prints where it is."
            + " Goes on from where an earlier download ended. Heeds HF_TOKEN, HF_ENDPOINT, HF_HOME,"
            + " HF_HUB_CACHE, HF_HUB_OFFLINE, https_proxy and no_proxy.");
  }

  @Override
  void declare(CommandSpec spec) {
    spec.addPositional(
        Options.argument(
            "NAME", "org/name[@revision]; a revision is a branch (main), a tag or a commit."));
    LoadChoice.declareVariant(spec);
    spec.addOption(Options.flag(CONFIG, "What describes the model alone, and no weights."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    ModelName model = ModelName.parse(Source.text(parsed));
    Path snapshot = Downloading.model(model, parsed.hasMatchedOption(CONFIG), parsed, console);
    if (json(parsed)) {
      console.json(json -> write(model, snapshot, json));
    } else {
      console.out().println(snapshot);
    }
  }

  private static void write(ModelName model, Path snapshot, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("model", model.repo());
    json.writeStringField("revision", model.revision());
    json.writeStringField("commit", snapshot.getFileName().toString());
    json.writeStringField("path", snapshot.toString());
    json.writeArrayFieldStart("files");
    for (Path file : files(snapshot)) {
      json.writeStartObject();
      json.writeStringField("name", file.getFileName().toString());
      json.writeNumberField("bytes", Files.size(file));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static List<Path> files(Path snapshot) {
    try (Stream<Path> files = Files.list(snapshot)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new TenonException("The snapshot cannot be read: directory=" + snapshot, e);
    }
  }
}
