package dev.tenon.cli;

import dev.tenon.LoadOptions;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Options that say which model it is. */
final class ClassChoice {
  private static final String CLASS = "--class";
  private static final String SKELETON = "--skeleton";
  private static final String ATLAS = "--atlas";

  private ClassChoice() {}

  static void declare(CommandSpec spec) {
    spec.addOption(
        Options.value(
            CLASS,
            String.class,
            "NAME",
            "The model's class (default: the first of the config's architectures, or what the names"
                + " in the files tell)."));
    spec.addOption(
        Options.value(SKELETON, Path.class, "FILE", "A skeleton.json that describes the model."));
    spec.addOption(
        Options.value(
            ATLAS, Path.class, "FILE", "A document that describes the model's type in any size."));
  }

  static LoadOptions.Builder read(ParseResult parsed) {
    return LoadOptions.builder()
        .className(parsed.matchedOptionValue(CLASS, null))
        .skeleton(parsed.matchedOptionValue(SKELETON, null))
        .atlas(parsed.matchedOptionValue(ATLAS, null));
  }
}
