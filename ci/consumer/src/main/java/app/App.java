package app;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.nio.file.Path;

/** Loads a checkpoint and says what it got. */
public final class App {
  private App() {}

  /** Takes the checkpoint's directory. */
  public static void main(String[] arguments) {
    try (Model model = Tenon.load(Path.of(arguments[0]), LoadOptions.defaults())) {
      System.out.printf(
          "%s, tied %s, head %08x, warnings %s%n",
          model.report().className(),
          model.tied(),
          model.digests().get("lm_head.weight"),
          model.report().warnings());
    }
  }
}
