package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is done with the tensors of one file, however they lie in it. */
final class TensorWork {
  /**
   * Tensors of a {@code .bin} file may share bytes, and a tied one does. Many that lie across each
   * other, or that repeat an element, are a small file that takes forever to go through.
   */
  private static final int SHARED = 64;

  private static final long SMALL = 16L << 20;

  private final Shard shard;
  private final List<TensorSink.Span> packed = new ArrayList<>();
  private final List<TensorSink.Span> strided = new ArrayList<>();

  /**
   * Work on the tensors that have bytes.
   *
   * @param takers who takes a tensor's bytes, or null if nobody does
   * @throws TenonException if the tensors are out of all proportion to the file
   */
  TensorWork(Shard shard, Function<TensorEntry, TensorSink.Bytes> takers) {
    this.shard = shard;
    long total = 0;
    for (TensorEntry entry : shard.entries()) {
      if (entry.bytes() > 0) {
        total = Math.min(Long.MAX_VALUE / 2, total) + Math.min(Long.MAX_VALUE / 2, entry.bytes());
        (entry.contiguous() ? packed : strided)
            .add(new TensorSink.Span(entry, takers.apply(entry)));
      }
    }
    if (total > SMALL && total / SHARED > shard.size()) {
      throw new TenonException(
          "The tensors take more bytes than the file could hold: file=%s, tensors=%d, file bytes=%d"
              .formatted(shard.file(), total, shard.size()));
    }
  }

  /** Sees the packed tensors' bytes as the file is read. */
  FilePass.Sink sink() {
    return new TensorSink(packed);
  }

  /** Gathers the others' elements. */
  void finish() throws IOException {
    if (!strided.isEmpty()) {
      try (StridedReader reader = new StridedReader(shard.file())) {
        for (TensorSink.Span span : strided) {
          reader.read(span);
        }
      }
    }
  }
}
