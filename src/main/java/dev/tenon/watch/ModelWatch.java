package dev.tenon.watch;

import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointStamp;
import java.nio.file.Path;

/**
 * A model that follows its files: whenever the weight files, their index, the config, the skeleton
 * file, a symbolic link on the way to them, or the Hugging Face cache's commit for a model watched
 * by name changes, the checkpoint is loaded again and the new version set in {@link #model}. A load
 * that fails leaves the version that is there.
 *
 * <p>A change counts once nothing has changed for a tenth of a second. It is seen at once where the
 * file system tells of it, and within a second elsewhere.
 *
 * <p>Files are to be replaced and not written to: a version that is mapped reads from them. Several
 * files become one change by a link to their directory, renamed over the one before; that is how
 * the Hugging Face cache works too.
 */
public final class ModelWatch implements AutoCloseable {
  private final ModelRef model;
  private final WatchThread thread;

  private ModelWatch(ModelRef model, WatchThread thread) {
    this.model = model;
    this.thread = thread;
  }

  /**
   * Loads a checkpoint, and loads it again whenever its files or a symbolic link to them change.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @param options how, each time
   * @param listener told of each reload that worked or failed
   * @return the watch, which the caller closes
   * @throws TenonException if the first load fails, see {@link Tenon#load}
   */
  public static ModelWatch start(Path path, LoadOptions options, ReloadListener listener) {
    return start(WatchTarget.of(path, options.subfolder()), options, listener);
  }

  /**
   * Watches a model by name: also for a new commit of its revision in the Hugging Face cache. While
   * a download is under way, reloads fail and the version before stays.
   *
   * @param model a path, {@code org/name}, or {@code org/name@revision}, see {@link
   *     Tenon#locate(String)}
   * @param options how, each time; with {@link LoadOptions#hub()} the first load may download, the
   *     later ones follow what others bring into the cache
   * @param listener told of each reload that worked or failed
   * @return the watch, which the caller closes
   * @throws TenonException if there is no such model, or the first load fails
   */
  public static ModelWatch start(String model, LoadOptions options, ReloadListener listener) {
    return start(WatchTarget.of(model, options), options, listener);
  }

  static ModelWatch start(WatchTarget target, LoadOptions options, ReloadListener listener) {
    CheckpointStamp before = target.stamp();
    ModelRef model = new ModelRef(Tenon.load(target.path().get(), options));
    try {
      WatchThread thread =
          new WatchThread(
              target, before, () -> model.reload(target.path().get(), options), listener);
      thread.start();
      return new ModelWatch(model, thread);
    } catch (Throwable failure) {
      model.close();
      throw failure;
    }
  }

  /** The current version. Closed with this watch. */
  public ModelRef model() {
    return model;
  }

  /**
   * Stops watching, a load that is under way included, and then closes {@link #model}. Waits until
   * the watch's thread has ended, unless it is that thread which calls. Closing again does nothing.
   */
  @Override
  public void close() {
    thread.close();
    model.close();
  }
}
