package dev.tenon.cli;

import dev.tenon.LoadReport;
import dev.tenon.Tenon;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tenon plan}: what a load would do. */
@Command(name = "plan", description = "Says what load would do. Never loads libtorch.")
final class PlanCommand extends TenonCommand {
  @Parameters(paramLabel = "PATH", description = "A checkpoint's directory.")
  private Path path;

  @Mixin private LoadChoice choice;

  PlanCommand(Console console) {
    super(console);
  }

  @Override
  void run(Console console) {
    LoadReport report = Tenon.preview(path, choice.builder().build());
    if (json()) {
      console.json(json -> ReportJson.write(report, Map.of(), json));
    } else {
      ReportText.print(report, Map.of(), console.out());
    }
  }
}
