package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.NonFinite;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads every byte of weight files. */
public final class DataScan {
  private static final TensorSink.Bytes NOBODY = (bytes, from, length) -> {};

  private DataScan() {}

  /**
   * Reads all there is, which finds what the storage cannot give back.
   *
   * @param hashes those that files are to have, by the file of the shard
   * @throws TenonException if a file cannot be read, changed since its header was, or has another
   *     hash
   */
  public static void read(List<Shard> shards, Map<Path, NamedHash> hashes, ReadProgress progress) {
    Reading.run(shards, shard -> new Hashing(null, hashes.get(shard.file())), progress);
  }

  /**
   * Counts what is NaN or infinite, in all floating-point and complex types.
   *
   * @param shards the files
   * @param hashes those that files are to have, by the file of the shard
   * @param progress told how far it is
   * @return the tensors that hold such values, in the order of their files' entries
   * @throws TenonException as {@link #read} does
   */
  public static List<NonFinite> nonFinite(
      List<Shard> shards, Map<Path, NamedHash> hashes, ReadProgress progress) {
    Map<Shard, Counting> works = new LinkedHashMap<>();
    shards.forEach(shard -> works.put(shard, new Counting(shard)));
    Reading.run(shards, shard -> new Hashing(works.get(shard), hashes.get(shard.file())), progress);
    List<NonFinite> found = new ArrayList<>();
    works.values().forEach(work -> work.addTo(found));
    return List.copyOf(found);
  }

  /**
   * Hashes a file, if it is to have a hash, beside other work, if there is any.
   *
   * @param hash judged last: what else is wrong with a file says more
   */
  private record Hashing(@Nullable Counting work, @Nullable NamedHash hash)
      implements Reading.Work {
    @Override
    public List<FilePass.Sink> sinks() {
      List<FilePass.Sink> sinks = new ArrayList<>();
      if (work != null) {
        sinks.addAll(work.sinks());
      }
      if (hash != null) {
        sinks.add(hash.sink());
      }
      return sinks;
    }

    @Override
    public void finish() throws IOException {
      if (work != null) {
        work.finish();
      }
      if (hash != null) {
        hash.requireRight();
      }
    }
  }

  private static final class Counting implements Reading.Work {
    private final Map<TensorEntry, NonFiniteCounter> counters = new LinkedHashMap<>();
    private final TensorWork tensors;

    Counting(Shard shard) {
      tensors = new TensorWork(shard, this::counter);
    }

    private TensorSink.Bytes counter(TensorEntry entry) {
      NonFiniteCounter counter = NonFiniteCounter.of(entry.dtype());
      if (counter == null) {
        return NOBODY;
      }
      counters.put(entry, counter);
      return counter;
    }

    @Override
    public List<FilePass.Sink> sinks() {
      return List.of(tensors.sink());
    }

    @Override
    public void finish() throws IOException {
      tensors.finish();
    }

    void addTo(List<NonFinite> found) {
      counters.forEach(
          (entry, counter) -> {
            if (counter.nans() + counter.infinities() > 0) {
              found.add(
                  new NonFinite(
                      entry.file(),
                      entry.name(),
                      entry.dtype(),
                      counter.nans(),
                      counter.infinities()));
            }
          });
    }
  }
}
