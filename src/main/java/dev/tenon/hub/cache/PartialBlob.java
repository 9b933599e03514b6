package dev.tenon.hub.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way: bytes are appended, and hashed as they come, until it is whole and may get its
 * name. What is there stays there when this is closed, and the next one goes on from it.
 *
 * <p>The file is whose who holds the JDK's lock on it. Where somebody does, this works on a file of
 * its own, which nobody goes on from; and so it does where the name is a link's, since others may
 * write to the cache and what is behind the link is not the cache's.
 */
public final class PartialBlob implements AutoCloseable {
  private static final int BUFFER = 1 << 20;

  private final RemoteFile file;
  private final Path path;
  private final FileChannel channel;
  private final boolean shared;
  private MessageDigest digest;
  private long length;
  private boolean published;

  private PartialBlob(RemoteFile file, Path path, FileChannel channel, boolean shared) {
    this.file = file;
    this.path = path;
    this.channel = channel;
    this.shared = shared;
    this.digest = file.hash().begin(file.size());
  }

  /** The file an interrupted download of a blob leaves. */
  public static Path pathOf(Path blobs, ContentHash hash) {
    return blobs.resolve(hash.hex() + ".tenon.incomplete");
  }

  /**
   * How many bytes an interrupted download of a blob left, as far as its file may be gone on from.
   */
  static long left(Path blobs, RemoteFile file) throws IOException {
    Path path = pathOf(blobs, file.hash());
    boolean any = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    return any ? Math.min(Files.size(path), file.size()) : 0;
  }

  /** Goes on from what there is of a blob, which is read to hash it. */
  public static PartialBlob open(Path blobs, RemoteFile file) throws IOException {
    Path path = pathOf(blobs, file.hash());
    FileChannel channel = isForeign(path) ? null : shared(path);
    if (channel == null) {
      return alone(blobs, file);
    }
    try {
      // Once more: a link to the file may have been made, or have taken its place, meanwhile.
      if (isForeign(path) || !isLocked(channel)) {
        channel.close();
        return alone(blobs, file);
      }
      PartialBlob partial = new PartialBlob(file, path, channel, true);
      partial.readBack();
      return partial;
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private static PartialBlob alone(Path blobs, RemoteFile file) throws IOException {
    String own = UUID.randomUUID().toString().substring(0, 8);
    Path path = blobs.resolve(file.hash().hex() + "." + own + ".incomplete");
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new PartialBlob(file, path, channel, false);
  }

  /** The file for all; null where it cannot be opened, or is a link by now. */
  private static @Nullable FileChannel shared(Path path) throws IOException {
    try {
      return FileChannel.open(
          path,
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return null; // Somebody else's; where none can be made at all, the caller is told.
      }
      throw e;
    }
  }

  /** Whether a name is taken by anything but a file with this name alone: a link, a pipe. */
  private static boolean isForeign(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      return !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          || (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    } catch (UnsupportedOperationException e) {
      return false; // Windows, where making a link takes more rights than writing to a file.
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static boolean isLocked(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  private void readBack() throws IOException {
    if (channel.size() > file.size()) {
      channel.truncate(0);
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (channel.read(buffer, length) > 0) {
      buffer.flip();
      length += buffer.remaining();
      digest.update(buffer);
      buffer.clear();
    }
  }

  public RemoteFile file() {
    return file;
  }

  public Path path() {
    return path;
  }

  /** Bytes there are. */
  public synchronized long length() {
    return length;
  }

  public boolean isWhole() {
    return length() == file.size();
  }

  /** Appends bytes, no more of them than are missing. */
  public synchronized void append(ByteBuffer bytes) throws IOException {
    ByteBuffer hashed = bytes.duplicate();
    long at = length;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    digest.update(hashed);
    length = at;
  }

  /** Throws away what there is. */
  public synchronized void restart() throws IOException {
    channel.truncate(0);
    digest = file.hash().begin(file.size());
    length = 0;
  }

  /**
   * Gives the blob its name if its bytes are right.
   *
   * @return whether they are; if not, they are thrown away
   */
  public synchronized boolean publish(Path blob) throws IOException {
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.hash().hex())) {
      restart();
      return false;
    }
    // Else the name could reach the disk before the bytes do.
    channel.force(true);
    Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    published = true;
    return true;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      if (!published && (!shared || length() == 0)) {
        Files.deleteIfExists(path);
      }
    }
  }
}
