package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.Quantise;
import dev.tenon.SaveOptions;
import dev.tenon.SaveReport;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Json;
import dev.tenon.cli.output.Progress;
import dev.tenon.cli.output.ReportText;
import dev.tenon.cli.output.Units;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code tenon save}: a checkpoint is loaded and saved, in another dtype, shards or layout. */
final class SaveCommand extends TenonCommand {
  private static final String MAX_SHARD_SIZE = "--max-shard-size";
  private static final String MODEL_NAMES = "--model-names";
  private static final String QUANTISE = "--quantise";

  SaveCommand() {
    super(
        "Loads a checkpoint and saves it, in another dtype, shards or layout. OUT may be PATH: it"
            + " holds the old checkpoint whole until the new one takes its place.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A checkpoint's directory.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("1")
            .arity("1")
            .required(true)
            .type(Path.class)
            .paramLabel("OUT")
            .description("The directory to save to, made if it is not there.")
            .build());
    LoadChoice.declare(spec);
    AdapterOption.declare(spec);
    KeyMappingOption.declare(spec);
    spec.addOption(
        Options.value(
            MAX_SHARD_SIZE,
            String.class,
            "SIZE",
            "The most bytes of tensors in a file, such as 500MB (default: 50GB)."));
    spec.addOption(
        Options.value(
            QUANTISE,
            String.class,
            "SCHEME",
            "fp8-blocks: linear layers as 8-bit floats with a scale for each block of 128 x 128."));
    spec.addOption(
        Options.flag(
            MODEL_NAMES,
            "Names and layouts of the model, which load without conversion, not of the"
                + " checkpoint."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    LoadOptions.Builder load = AdapterOption.read(parsed, LoadChoice.read(parsed));
    KeyMappingOption.read(parsed, load);
    SaveOptions save =
        SaveOptions.defaults()
            .checkpointNames(!parsed.hasMatchedOption(MODEL_NAMES))
            .maxShardBytes(size(parsed))
            .quantise(quantise(parsed));
    Path source = Source.checkpoint(parsed, console);
    Path out = parsed.matchedPositionalValue(1, Path.of(""));
    try (Progress progress = Progress.to(console.err());
        Model model =
            Tenon.load(
                source, load.progress(quiet(parsed) ? LoadProgress.NONE : progress).build())) {
      SaveReport saved =
          model.save(
              out,
              quiet(parsed)
                  ? save
                  : save.progress((done, total) -> progress.update("write", done, total)));
      progress.finish();
      if (json(parsed)) {
        console.json(json -> write(model.report(), saved, json));
      } else {
        print(model.report(), saved, console.out());
      }
    }
  }

  private static @Nullable Quantise quantise(ParseResult parsed) {
    String word = parsed.matchedOptionValue(QUANTISE, null);
    for (Quantise scheme : Quantise.values()) {
      if (scheme.toString().equals(word)) {
        return scheme;
      }
    }
    if (word != null) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(),
          "No scheme to quantise by: %s=%s, expected=%s"
              .formatted(QUANTISE, word, Arrays.toString(Quantise.values())));
    }
    return null;
  }

  private static long size(ParseResult parsed) {
    String text = parsed.matchedOptionValue(MAX_SHARD_SIZE, null);
    if (text == null) {
      return SaveOptions.defaults().maxShardBytes();
    }
    long bytes = Units.parseBytes(text);
    if (bytes <= 0) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(),
          "Not a size: " + MAX_SHARD_SIZE + "=" + text + ", such as 500MB or 5GB are");
    }
    return bytes;
  }

  private static void print(LoadReport loaded, SaveReport saved, PrintStream out) {
    out.printf("%s (%s), %s%n", loaded.className(), loaded.modelType(), saved.dtype());
    ReportText.names("missing, saved as initialised", loaded.missing(), out);
    ReportText.names("unexpected, not saved", loaded.unexpected(), out);
    loaded.warnings().forEach(warning -> out.println("warning: " + warning));
    saved.files().forEach(file -> out.println(file.getFileName()));
    out.printf(
        "%s: %s tensors in %d files, %s, loaded in %s, saved in %s (%s)%n",
        saved.directory(),
        Units.count(saved.tensors()),
        saved.files().size(),
        Units.bytes(saved.bytes()),
        Units.millis(loaded.millis().total()),
        Units.millis(saved.millis()),
        Units.rate(saved.bytes(), saved.millis()));
  }

  private static void write(LoadReport loaded, SaveReport saved, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("directory", saved.directory().toString());
    json.writeStringField("class", loaded.className());
    Json.claimedClass(json, loaded);
    json.writeStringField("modelType", loaded.modelType());
    json.writeStringField("dtype", saved.dtype().torchName());
    Json.strings(json, "missing", loaded.missing());
    Json.strings(json, "unexpected", loaded.unexpected());
    Json.strings(json, "warnings", loaded.warnings());
    Json.strings(
        json, "files", saved.files().stream().map(it -> it.getFileName().toString()).toList());
    json.writeNumberField("tensors", saved.tensors());
    json.writeNumberField("bytes", saved.bytes());
    json.writeObjectFieldStart("millis");
    json.writeNumberField("load", Math.round(loaded.millis().total()));
    json.writeNumberField("save", Math.round(saved.millis()));
    json.writeEndObject();
    json.writeEndObject();
  }
}
