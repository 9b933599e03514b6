package dev.tenon;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Verification;
import dev.tenon.engine.Engine;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import dev.tenon.integrity.CheckpointDigest;
import dev.tenon.integrity.DigestFile;
import dev.tenon.load.Integrity;
import dev.tenon.load.Loading;
import dev.tenon.load.Location;
import dev.tenon.load.Preparation;
import dev.tenon.load.Quantisations;
import dev.tenon.load.Reports;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.quantised.Summary;
import dev.tenon.trace.Millis;
import dev.tenon.trace.Trace;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Loads pretrained checkpoints into libtorch tensors. Stateless and thread-safe: any number of
 * loads may run at once.
 */
public final class Tenon {
  private Tenon() {}

  /**
   * Loads a small model that Tenon makes for this, 50 kB, in each residency, and closes it. The
   * first load of a process finds hundreds of classes that are not loaded and call sites that are
   * not linked; after this the next load is not the first. Takes half a second or so of one core,
   * and does not return before: a service calls it while it starts, on a thread it can spare.
   *
   * @throws TenonException if libtorch does not load, the directory for temporary files cannot be
   *     written, or the thread is interrupted
   */
  public static void rehearse() {
    Rehearsal.run();
  }

  /**
   * Begins what a load begins with, on threads of its own, and returns at once: the native core is
   * linked and libtorch's binding found and read. libtorch itself stays for the load, because no
   * process can end while that is coming up. What goes wrong is said by the load.
   *
   * <p>For a program that loads, reports and ends, and first has something else to do, such as to
   * read its arguments. Not for one that computes: OpenBLAS's workers will sleep wherever they have
   * nothing to do, and have to be woken for each product of matrices; the JVM's compilers get what
   * time the other threads leave; malloc keeps memory it would have given back; and JavaCPP's
   * binding of OpenBLAS, which libtorch does without, cannot be called.
   */
  public static void startQuickly() {
    Engine.startQuickly();
  }

  /**
   * Has this process end, after Java's shutdown hooks, without the exit handlers and destructors of
   * native libraries: libtorch's take a tenth of a second to take its registries apart and save
   * nothing. Waits for a libtorch that is being loaded, which no process can end beside. For a
   * program that is about to call {@link System#exit}. Where the native core has not been linked or
   * the C library is not glibc, the process ends as ever.
   */
  public static void endQuickly() {
    if (NativeCore.isLinked()) { // Else libtorch, which comes after, is not on its way.
      Engine.finishStartUp();
      NativeCore.endQuickly();
    }
  }

  /**
   * Loads a checkpoint: reads what its files hold, initialises what is missing, ties the rest.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @param options how
   * @return the model, which the caller closes
   * @throws TenonException if there are no weights, a file is not valid, config and weights do not
   *     fit, memory is short, or the load is strict and not exact; nothing is left allocated
   */
  public static Model load(Path path, LoadOptions options) {
    return new Model(Loading.load(Location.within(path, options), options));
  }

  /**
   * Loads a checkpoint by name: {@link #locate(String)}, then {@link #load(Path, LoadOptions)}.
   * With {@link LoadOptions#hub()} a name is downloaded first, as far as it is not in the cache.
   *
   * @param model a path, {@code org/name}, or {@code org/name@revision}
   * @param options how
   * @return the model, which the caller closes
   * @throws TenonException if there is no such model, or as for a path
   */
  public static Model load(String model, LoadOptions options) {
    return load(Location.of(model, Location.names(options)), options);
  }

  /**
   * Opens a checkpoint's files for several models, which have them mapped once between them.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @return the open files, which the caller closes, before or after the models loaded through them
   * @throws TenonException if there are no weights, or a file is not valid
   */
  public static SharedCheckpoint share(Path path) {
    return SharedCheckpoint.open(path);
  }

  /**
   * Where a model is on this machine: what a path leads to if there is anything, else the snapshot
   * of that name in the Hugging Face cache. Never asks the network.
   *
   * @param model a path, {@code org/name}, or {@code org/name@revision}, where a revision is a
   *     branch, a tag, or a commit, as few of whose digits as are unambiguous
   * @return a path that every other method takes; the given one, whether or not it leads anywhere,
   *     if it cannot be a model's name
   * @throws TenonException if the name leads nowhere, saying what was looked for and how to get it
   * @see HubCache#standard()
   */
  public static Path locate(String model) {
    return Location.of(model, null);
  }

  /**
   * {@link #locate(String)} where a name leads to what somebody else finds or brings.
   *
   * <pre>{@code
   * Path snapshot = Tenon.locate("google/gemma-2-2b", Hub.standard()::download);
   * }</pre>
   *
   * @param model a path, {@code org/name}, or {@code org/name@revision}
   * @param names asked for a name, unless there is a file or a directory it is the path of
   * @return a path that every other method takes
   * @throws TenonException as {@code names} throws it
   */
  public static Path locate(String model, Function<ModelName, Path> names) {
    return Location.of(model, names);
  }

  /**
   * Builds a model from a config alone: everything is initialised, ties are shared.
   *
   * @param config a {@code config.json}, or the directory it is in
   * @param options how
   * @return the model, which the caller closes
   * @throws TenonException if the config cannot be read, the class is not known, or memory is short
   */
  public static Model init(Path config, LoadOptions options) {
    return new Model(Loading.init(Location.within(config, options), options));
  }

  /**
   * What {@link #load} would do. Reads the config and the files' headers and never touches
   * libtorch.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @param options as for the load
   * @return the plan: one step for each slot
   * @throws TenonException if there are no weights, a file is not valid, or the two do not fit
   */
  public static LoadPlan plan(Path path, LoadOptions options) {
    return Preparation.ofCheckpoint(Location.within(path, options), options, Trace.OFF).plan();
  }

  /**
   * The report {@link #load} would give, as far as headers tell: {@link #plan} for people. Never
   * touches libtorch.
   *
   * @param path as for {@link #plan}
   * @param options as for the load
   * @return the report, with the durations of planning
   * @throws TenonException as {@link #plan} does
   */
  public static LoadReport preview(Path path, LoadOptions options) {
    Trace trace = Trace.keeping();
    Preparation prepared = Preparation.ofCheckpoint(Location.within(path, options), options, trace);
    Millis millis = prepared.stopwatch().with(0, 0, 0, 0);
    return Reports.of(prepared.plan(), prepared.config(), prepared.placement(), trace, millis);
  }

  /**
   * What a model must have: its slots, ties and rules, in a plan that initialises all of them.
   * Reads the config alone and never touches libtorch.
   *
   * @param config a {@code config.json}, or the directory it is in
   * @param options the class and the dtype; the rest says nothing here
   * @return the plan of {@link #init}; {@link LoadPlan#skeleton()} is the skeleton
   * @throws TenonException if the config cannot be read, or the class is not known
   */
  public static LoadPlan skeleton(Path config, LoadOptions options) {
    return Preparation.ofConfig(Location.within(config, options), options, Trace.OFF).plan();
  }

  /**
   * What is on disk. Reads headers alone and never touches libtorch.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @return the tensors and where their bytes are
   * @throws TenonException if there are no weights, a shard is missing, or a file is not valid
   */
  public static Checkpoint inspect(Path path) {
    return Checkpoint.open(path, null);
  }

  /**
   * How the weights of a checkpoint are packed, told by names and shapes and by the config beside
   * them. Never touches libtorch. A load refuses what is listed here, unless the model itself has
   * slots of that name and dtype.
   *
   * @param checkpoint what {@link #inspect} gave
   * @return how many weights are packed in which way; none if all are plain
   */
  public static Summary quantised(Checkpoint checkpoint) {
    return Quantisations.summary(checkpoint);
  }

  /**
   * Checks weight files against their format's rules. Never touches libtorch.
   *
   * @param path a weight file, an index and its shards, or all weight files of a directory
   * @param data whether to read every byte, not the headers alone
   * @return what was found, if all is well
   * @throws TenonException at the first fault, naming the file and the reason
   */
  public static Verification verify(Path path, boolean data) {
    return verify(path, data ? VerifyOptions.everyByte() : VerifyOptions.headers());
  }

  /**
   * Checks weight files against their format's rules, and reads them if asked to: then files of the
   * Hugging Face cache have to have the hash in their blob's name, config and tokenizer too. Never
   * touches libtorch.
   *
   * @param path a weight file, an index and its shards, or all weight files of a directory
   * @param options how far to go
   * @return what was found, if all is well
   * @throws TenonException at the first fault, naming the file and the reason
   */
  public static Verification verify(Path path, VerifyOptions options) {
    return Integrity.verify(path, options);
  }

  /**
   * Digests the files a load would read: SHA-256 of each file, CRC-32 of each tensor, computed in
   * parallel while they are read. Never touches libtorch.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @param progress told how far it is, in a phase {@code read}
   * @return the digest, which {@link DigestFile} keeps
   * @throws TenonException if a file is not valid or cannot be read
   */
  public static CheckpointDigest digest(Path path, LoadProgress progress) {
    return Integrity.digest(path, progress);
  }

  /**
   * Compares the files a load would read with a digest file. Never touches libtorch.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @param digest the digest file
   * @param progress told how far it is, in a phase {@code read}
   * @return the digest, if nothing differs
   * @throws TenonException if a file or a tensor differs, naming the first with what was expected
   *     and what is there
   */
  public static CheckpointDigest check(Path path, Path digest, LoadProgress progress) {
    return Integrity.check(path, digest, progress);
  }
}
