package dev.tenon.load;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Recognition;
import dev.tenon.quantised.Summary;
import dev.tenon.skeleton.Config;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files beside weights that say how these are packed. */
public final class Quantisations {
  private Quantisations() {}

  /** What a directory's config says, or if it says nothing, what ModelOpt's file beside it does. */
  static Quantisation of(Path directory, Config config) {
    Quantisation said = Quantisation.of(config);
    Path file = directory.resolve(SmallFiles.MODEL_OPT);
    return said.declared() || !Files.isRegularFile(file)
        ? said
        : Quantisation.ofModelOpt(Config.read(file));
  }

  /** What is packed in a checkpoint. A config that cannot be read leaves names and shapes. */
  public static Summary summary(Checkpoint checkpoint) {
    Quantisation said = Quantisation.NONE;
    Path file = checkpoint.config();
    try {
      said = of(checkpoint.directory(), file == null ? Config.defaults() : Config.read(file));
    } catch (TenonException e) {
      // A load will say so; headers can be looked at without.
      said = Quantisation.NONE;
    }
    return Summary.of(Recognition.of(checkpoint, said), said);
  }
}
