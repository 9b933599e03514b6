package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Source;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * One reading of a file from its first byte to its last. While a piece is read, the sinks work on
 * those before it: each sees every piece, in order, beside the others.
 */
final class FilePass {
  /** Bytes of a piece: enough to hide what handing it over costs, and still in a cache. */
  private static final int PIECE = 1 << 19;

  /** Pieces in flight, so that a heap of 64 MB is enough for several files at once. */
  private static final int PIECES = 4;

  private final Shard shard;
  private final List<Sink> sinks;
  private final Executor pool;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES);
  private final List<CompletableFuture<Void>> last = new ArrayList<>();

  /** Does something with every piece of a file. */
  interface Sink {
    /**
     * Takes the next piece.
     *
     * @param bytes its bytes, which change once this returns
     * @param length how many of them count
     * @param position where the first is in the file
     */
    void accept(byte[] bytes, int length, long position);
  }

  /**
   * A reading that has not begun.
   *
   * @param pool runs the sinks, which never wait
   */
  FilePass(Shard shard, List<Sink> sinks, Executor pool) {
    this.shard = shard;
    this.sinks = sinks;
    this.pool = pool;
    for (int i = 0; i < sinks.size(); i++) {
      last.add(CompletableFuture.completedFuture(null));
    }
  }

  /**
   * Reads the file; when it returns, all sinks are done.
   *
   * @param done is told the bytes of each piece
   * @throws TenonException if the file is no longer the one whose header was read
   */
  void run(LongConsumer done) throws IOException, InterruptedException {
    requireUnchanged();
    try (Source source = Source.open(shard.file())) {
      for (long at = 0; at < shard.size() && !failed(); ) {
        byte[] piece = piece(at);
        int length = (int) Math.min(piece.length, shard.size() - at);
        source.readFully(at, ByteBuffer.wrap(piece, 0, length));
        hand(piece, length, at);
        done.accept(length);
        at += length;
      }
    } catch (EOFException e) {
      requireUnchanged();
      throw e;
    }
    CompletableFuture.allOf(last.toArray(CompletableFuture[]::new)).join();
    requireUnchanged();
  }

  private boolean failed() {
    return last.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
  }

  private byte[] piece(long at) throws InterruptedException {
    boolean fresh = at < (long) PIECES * PIECE && !sinks.isEmpty() || at == 0;
    return fresh ? new byte[PIECE] : free.take();
  }

  private void hand(byte[] piece, int length, long at) {
    for (int i = 0; i < sinks.size(); i++) {
      Sink sink = sinks.get(i);
      last.set(i, last.get(i).thenRunAsync(() -> sink.accept(piece, length, at), pool));
    }
    CompletableFuture.allOf(last.toArray(CompletableFuture[]::new))
        .whenComplete((nothing, failure) -> free.add(piece));
  }

  private void requireUnchanged() {
    ChangedFile change = ChangedFile.of(shard.file(), shard.stamp());
    if (change != null) {
      throw new TenonException(change.message());
    }
  }
}
