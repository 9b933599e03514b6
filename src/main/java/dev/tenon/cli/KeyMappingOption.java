package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.plan.names.KeyMapping;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code --key-mapping}: what a checkpoint's keys are to be called. */
final class KeyMappingOption {
  private static final String KEY_MAPPING = "--key-mapping";

  private KeyMappingOption() {}

  static void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder(KEY_MAPPING)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel("REGEX=REPLACEMENT")
            .description(
                "Rename the checkpoint's keys before all else, such as '^language_model\\.='; \\1 is"
                    + " the first group. May be given several times, applied in order.")
            .build());
  }

  /** Sets what was given; an expression that is none is wrong usage. */
  static void read(ParseResult parsed, LoadOptions.Builder options) {
    List<String> texts = parsed.matchedOptionValue(KEY_MAPPING, List.of());
    List<KeyMapping> mappings = new ArrayList<>(texts.size());
    try {
      for (String text : texts) {
        mappings.add(KeyMapping.parse(text));
      }
    } catch (TenonException e) {
      throw new ParameterException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
    options.keyMapping(mappings);
  }
}
