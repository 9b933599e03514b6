package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.TenonException;
import dev.tenon.cli.output.Console;
import dev.tenon.hub.FilePatterns;
import dev.tenon.hub.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code tenon download}: a model comes into the Hugging Face cache. */
final class DownloadCommand extends TenonCommand {
  private static final String CONFIG = "--config";
  private static final String INCLUDE = "--include";
  private static final String EXCLUDE = "--exclude";

  DownloadCommand() {
    super(
        "Brings what a load needs of a model, and its tokenizer, into the Hugging Face cache, and"
            + " prints where it is."
            + " Goes on from where an earlier download ended. Heeds HF_TOKEN, HF_ENDPOINT, HF_HOME,"
            + " HF_HUB_CACHE, HF_HUB_OFFLINE, https_proxy and no_proxy.");
  }

  @Override
  void declare(CommandSpec spec) {
    spec.addPositional(
        Options.argument(
            "NAME", "org/name[@revision]; a revision is a branch (main), a tag or a commit."));
    LoadChoice.declareVariant(spec);
    Source.declareSubfolder(spec);
    spec.addOption(Options.flag(CONFIG, "What describes the model alone, and no weights."));
    spec.addOption(
        Options.values(
            INCLUDE,
            "GLOB",
            "The files whose path in the repository matches, in place of what a load needs; * is"
                + " any characters, / too. Repeatable."));
    spec.addOption(Options.values(EXCLUDE, "GLOB", "But none that matches. Repeatable."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    ModelName model = ModelName.parse(Source.text(parsed));
    FilePatterns patterns = new FilePatterns(globs(INCLUDE, parsed), globs(EXCLUDE, parsed));
    boolean config = parsed.hasMatchedOption(CONFIG);
    if (config && !patterns.equals(FilePatterns.NONE)) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(), CONFIG + " names its files: no patterns with it");
    } else if (Source.subfolder(parsed) != null && !patterns.include().isEmpty()) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(),
          INCLUDE + " names files from the top of the repository: no subfolder with it");
    }
    Path snapshot = Downloading.model(model, config, patterns, parsed, console);
    String commit = snapshot.getFileName().toString();
    Path directory = Source.within(snapshot, parsed);
    if (json(parsed)) {
      console.json(json -> write(model, commit, directory, json));
    } else {
      console.out().println(directory);
    }
  }

  private static List<String> globs(String option, ParseResult parsed) {
    return List.of(parsed.matchedOptionValue(option, new String[0]));
  }

  private static void write(ModelName model, String commit, Path directory, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("model", model.repo());
    json.writeStringField("revision", model.revision());
    json.writeStringField("commit", commit);
    json.writeStringField("path", directory.toString());
    json.writeArrayFieldStart("files");
    for (Path file : files(directory)) {
      json.writeStartObject();
      json.writeStringField("name", directory.relativize(file).toString().replace('\\', '/'));
      json.writeNumberField("bytes", Files.size(file));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new TenonException("The snapshot cannot be read: directory=" + directory, e);
    }
  }
}
