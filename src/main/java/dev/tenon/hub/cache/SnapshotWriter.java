package dev.tenon.hub.cache;

import dev.tenon.TenonException;
import dev.tenon.hub.ModelFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/**
 * Fills a snapshot, file by file, as {@code huggingface_hub} does, but for one thing: what a branch
 * stands for is written last, when all is there.
 */
public final class SnapshotWriter {
  private static final String TAG =
      """
      Signature: 8a477f597d28d172789f06886806bc55
      # This file is a cache directory tag created by huggingface_hub.
      # For information about cache directory tags, see:
      #\thttps://bford.info/cachedir/
      """;

  private final Snapshot snapshot;
  private final boolean withoutLinks;

  /** Makes the snapshot's directories: without them, programs would take the cache for damaged. */
  public SnapshotWriter(Snapshot snapshot, boolean withoutLinks) throws IOException {
    this.snapshot = snapshot;
    this.withoutLinks = withoutLinks;
    Files.createDirectories(snapshot.path());
    Files.createDirectories(snapshot.folder().blobs());
    tag(snapshot.folder().root().resolve("CACHEDIR.TAG"));
  }

  /** Tells programs that make backups that this is a cache. */
  private static void tag(Path file) throws IOException {
    if (!Files.exists(file)) {
      try {
        Files.writeString(file, TAG, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        // Somebody else was quicker.
      }
    }
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  public Path blob(RemoteFile file) {
    return snapshot.folder().blobs().resolve(file.hash().hex());
  }

  /** Whether a file is in its place, or its contents are in theirs. */
  public boolean has(RemoteFile file) throws IOException {
    return isWhole(snapshot.file(file.name()), file) || isWhole(blob(file), file);
  }

  /**
   * The bytes of those files that are not in the cache.
   *
   * @throws TenonException if the disk has no room for them
   */
  public long missing(List<RemoteFile> files) throws IOException {
    long missing = 0;
    long here = 0;
    Path blobs = snapshot.folder().blobs();
    for (RemoteFile file : new HashSet<>(files)) {
      if (!has(file)) {
        missing += file.size();
        here += PartialBlob.left(blobs, file);
      }
    }
    long free = Files.getFileStore(blobs).getUsableSpace();
    if (missing - here > free) {
      throw new TenonException(
          "The disk has no room for the download: folder=%s, bytes=%d, free=%d"
              .formatted(snapshot.folder().path(), missing - here, free));
    }
    return missing;
  }

  /** Whether a path leads to a file of the size; bytes were checked before they got their name. */
  public static boolean isWhole(Path path, RemoteFile file) throws IOException {
    return Files.isRegularFile(path) && Files.size(path) == file.size();
  }

  /**
   * Puts a file whose blob is there in its place, unless it is in it.
   *
   * @throws TenonException if a directory on the way there is a link out of the snapshot
   */
  public void place(RemoteFile file) throws IOException {
    Path blob = blob(file);
    Path pointer = snapshot.file(file.name());
    if (Files.exists(blob) && Files.exists(pointer) && Files.isSameFile(blob, pointer)
        || !Files.exists(blob) && isWhole(pointer, file)) {
      return;
    }
    Files.createDirectories(pointer.getParent());
    if (!pointer.getParent().toRealPath().startsWith(snapshot.path().toRealPath())) {
      throw new TenonException(
          "A directory of the snapshot leads out of it: directory=" + pointer.getParent());
    }
    Path fresh = fresh();
    if (!isLinked(fresh, pointer.getParent().relativize(blob))) {
      Files.copy(blob, fresh);
    }
    replace(fresh, pointer);
  }

  private boolean isLinked(Path link, Path target) {
    try {
      if (!withoutLinks) {
        Files.createSymbolicLink(link, target);
        return true;
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Windows, to most of its users.
    }
    return false;
  }

  /** Notes that the commit has no file of a name, so that nobody has to ask again. */
  public void markAbsent(String name) throws IOException {
    Path mark = snapshot.folder().absence(snapshot.commit(), name);
    Files.createDirectories(mark.getParent());
    if (!Files.exists(mark)) {
      try {
        Files.createFile(mark);
      } catch (FileAlreadyExistsException e) {
        // Somebody else was quicker, or a link is there that leads nowhere.
      }
    }
  }

  /** Notes which files of the commit are the model's tokenizer's, once they are there. */
  public void noteTokenizer(ModelFiles model, List<String> names) throws IOException {
    Path note = snapshot.folder().tokenizer(model.folder(), snapshot.commit());
    if (!names.equals(TokenizerNote.read(note, model))) {
      Files.createDirectories(note.getParent());
      Path fresh = fresh();
      Files.writeString(fresh, TokenizerNote.write(names));
      replace(fresh, note);
    }
  }

  /** Writes which commit a revision stands for. */
  public void refer(String revision) throws IOException {
    Path ref = snapshot.folder().ref(revision);
    if (revision.equals(snapshot.commit()) || Commits.read(ref).equals(snapshot.commit())) {
      return;
    }
    Files.createDirectories(ref.getParent());
    Path fresh = fresh();
    Files.writeString(fresh, snapshot.commit());
    replace(fresh, ref);
  }

  /** A path where nothing that reads the cache looks, even if a kill leaves it there. */
  private Path fresh() {
    return snapshot.folder().path().resolve("tmp-" + UUID.randomUUID());
  }

  private static void replace(Path fresh, Path path) throws IOException {
    try {
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
