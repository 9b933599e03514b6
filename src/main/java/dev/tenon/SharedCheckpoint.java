package dev.tenon;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.Engine;
import dev.tenon.engine.file.SharedFiles;
import dev.tenon.load.Loading;
import java.nio.file.Path;

/**
 * A checkpoint's files, opened and mapped once for several models: a base model and a classifier
 * over it, or the same model for several tenants.
 *
 * <p>What a model takes from the files as it is there, it has as a view of the one mapping: its
 * pages count once, and a write to it is seen by every model that was loaded through this object.
 * What is converted, initialised or loaded with {@link Residency#COPY} is each model's own.
 *
 * <p>Any number of threads may load at once. Models outlive this object; the mapping lives until it
 * is closed and no tensor is left over it.
 */
public final class SharedCheckpoint implements AutoCloseable {
  private final Guard guard = new Guard("shared checkpoint");
  private final Path path;
  private final Checkpoint checkpoint;
  private final SharedFiles files;

  private SharedCheckpoint(Path path, Checkpoint checkpoint, SharedFiles files) {
    this.path = path;
    this.checkpoint = checkpoint;
    this.files = files;
  }

  static SharedCheckpoint open(Path path) {
    Engine.warmUp();
    Checkpoint checkpoint = Checkpoint.open(path, null);
    return new SharedCheckpoint(path, checkpoint, new SharedFiles(checkpoint.shards()));
  }

  /**
   * Loads a model from the files as they were when this was opened.
   *
   * @param options how; without a variant or a subfolder, which say what files to open
   * @return the model, which the caller closes
   * @throws TenonException as {@link Tenon#load} does; if a file has changed; if this is closed
   */
  public Model load(LoadOptions options) {
    if (options.variant() != null) {
      throw new TenonException(
          "A shared checkpoint's files are chosen already: variant=%s, path=%s. Share its weight"
                  .formatted(options.variant(), path)
              + " file or index instead.");
    } else if (options.subfolder() != null) {
      throw new TenonException(
          "A shared checkpoint's files are chosen already: subfolder=%s, path=%s. Share the folder"
                  .formatted(options.subfolder(), path)
              + " instead.");
    }
    guard.enter();
    try {
      return new Model(Loading.load(path, checkpoint, files, options));
    } finally {
      guard.leave();
    }
  }

  /**
   * Closes the files. Closing again does nothing.
   *
   * @throws TenonException if a thread is loading; then it stays open
   */
  @Override
  public void close() {
    if (guard.close()) {
      files.close();
    }
  }
}
