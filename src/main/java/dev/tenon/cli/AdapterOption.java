package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code --adapter}, of commands that load weights. */
final class AdapterOption {
  private static final String ADAPTER = "--adapter";

  private AdapterOption() {}

  static void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder(ADAPTER)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel("DIR")
            .description(
                "Merge a LoRA adapter into the weights: a directory, or org/name in the cache; may be"
                    + " given again, in order. PATH may be the same DIR: then the base is the one its"
                    + " config names.")
            .build());
  }

  /** Adds what was chosen. */
  static LoadOptions.Builder read(ParseResult parsed, LoadOptions.Builder options) {
    List<String> adapters = parsed.matchedOptionValue(ADAPTER, List.of());
    for (String adapter : adapters) {
      options.adapter(Tenon.locate(adapter));
    }
    return options;
  }
}
