package dev.tenon.cli;

import dev.tenon.report.ReportPage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code --report FILE}: what was done, as a page. */
final class ReportOption {
  private static final String REPORT = "--report";

  private ReportOption() {}

  static void declare(CommandSpec spec) {
    spec.addOption(
        Options.value(REPORT, Path.class, "FILE", "Write the report as a page for a browser."));
  }

  /** The page that was asked for, so that one that cannot be written is noticed before the work. */
  static @Nullable ReportPage begin(ParseResult parsed) {
    Path file = parsed.matchedOptionValue(REPORT, null);
    return file == null ? null : ReportPage.create(file);
  }
}
