package dev.tenon.cli;

import dev.tenon.LoadOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which model it is. */
final class ClassChoice {
  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "The model's class (default: the first of the config's architectures).")
  private @Nullable String className;

  @Option(
      names = "--skeleton",
      paramLabel = "FILE",
      description = "A skeleton.json that describes the model.")
  private @Nullable Path skeleton;

  LoadOptions.Builder into(LoadOptions.Builder options) {
    return options.className(className).skeleton(skeleton);
  }
}
