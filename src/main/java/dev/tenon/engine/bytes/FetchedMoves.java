package dev.tenon.engine.bytes;

import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.move.Move;
import java.nio.file.Path;

/**
 * Moves from a file that is none of the system's, so that the native core cannot read from it: what
 * a part of a move spans is brought into memory, and moved from there.
 */
final class FetchedMoves implements AutoCloseable {
  /** Bytes of a part, unless two elements alone are further apart. */
  private static final long PART = 16L << 20;

  private final ShardFiles shards;
  private final LazyCore core;
  private final NativeRoom room;
  private final MoveItems items;

  FetchedMoves(ShardFiles shards, LazyCore core) {
    this.shards = shards;
    this.core = core;
    this.room = new NativeRoom(core);
    this.items = new MoveItems(batch -> core.get().copy(batch));
  }

  /**
   * Carries a move out.
   *
   * @param address of its slot's first byte
   */
  void run(Move move, long address) {
    long span = move.span();
    if (span > PART && move.elements() > 1) {
      for (Move part : move.parts(Math.max(1, move.bytes() / 2))) {
        run(part, address);
      }
      return;
    }
    Path file = move.entry().file();
    room.reset(NativeRoom.rounded(span));
    long at = room.take(span);
    shards.read(file, core.get(), move.source(), at, span);
    items.add(move, at, address + move.target());
    items.flush();
  }

  @Override
  public void close() {
    room.close();
  }
}
