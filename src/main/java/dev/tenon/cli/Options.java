package dev.tenon.cli;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

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

  /** One that may be given several times. */
  static OptionSpec values(String name, String label, String description) {
    return OptionSpec.builder(name)
        .type(String[].class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static PositionalParamSpec argument(String label, String description) {
    return PositionalParamSpec.builder()
        .index("0")
        .arity("1")
        .required(true)
        .type(String.class)
        .paramLabel(label)
        .description(description)
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
}
