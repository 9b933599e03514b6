package dev.tenon.cli;

import dev.tenon.Tenon;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options and parameters, declared in code: picocli's annotations are read by reflection, which
 * took as long as the rest of a short command.
 */
final class Options {
  static final String JSON = "--json";
  static final String QUIET = "--quiet";
  static final String DEBUG = "--debug";

  private Options() {}

  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }

  static OptionSpec value(String name, Class<?> type, String label, String description) {
    return OptionSpec.builder(name).type(type).paramLabel(label).description(description).build();
  }

  /** The one path of a command; it may be a model's name. */
  static PositionalParamSpec path(String label, String description) {
    return PositionalParamSpec.builder()
        .index("0")
        .arity("1")
        .required(true)
        .type(String.class)
        .paramLabel(label)
        .description(
            description
                + " Or org/name[@revision], a model in the Hugging Face cache; a file or directory"
                + " of that name comes first.")
        .build();
  }

  static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .type(boolean.class)
        .arity("0")
        .usageHelp(true)
        .description("Show this help and exit.")
        .build();
  }

  static OptionSpec version() {
    return OptionSpec.builder("-V", "--version")
        .type(boolean.class)
        .arity("0")
        .versionHelp(true)
        .description("Print the version and exit.")
        .build();
  }

  /** Where what a command that declares {@link #path} was given is. */
  static Path path(ParseResult parsed) {
    return Tenon.locate(parsed.matchedPositionalValue(0, ""));
  }
}
