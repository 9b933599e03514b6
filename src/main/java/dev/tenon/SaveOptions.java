package dev.tenon;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to save. Immutable: start from the defaults and change what differs.
 *
 * <pre>{@code
 * SaveOptions options = SaveOptions.defaults().maxShardBytes(5_000_000_000L);
 * }</pre>
 *
 * @param maxShardBytes how many bytes of tensors a file may hold, unless one tensor alone has more
 * @param checkpointNames whether names and layouts are those of the checkpoint the model came from,
 *     or of its family's checkpoints, as the reference saves them; else they are the model's own,
 *     which load without any conversion
 * @param quantise what plain weights are packed into, or null to save them as they are
 * @param progress told how far the save is
 */
public record SaveOptions(
    long maxShardBytes,
    boolean checkpointNames,
    @Nullable Quantise quantise,
    SaveProgress progress) {
  private static final long REFERENCES_SHARD_BYTES = 50_000_000_000L;

  /**
   * Checks the values.
   *
   * @throws TenonException if a shard may hold nothing
   */
  public SaveOptions {
    if (maxShardBytes <= 0) {
      throw new TenonException("A shard holds at least a byte: maxShardBytes=" + maxShardBytes);
    }
    Objects.requireNonNull(progress);
  }

  /** As the reference: shards of at most 50 GB, in the names and layouts of the checkpoint. */
  public static SaveOptions defaults() {
    return new SaveOptions(REFERENCES_SHARD_BYTES, true, null, SaveProgress.NONE);
  }

  /** These options with another size of shards. */
  public SaveOptions maxShardBytes(long bytes) {
    return new SaveOptions(bytes, checkpointNames, quantise, progress);
  }

  /** These options with the checkpoint's names and layouts, or the model's own. */
  public SaveOptions checkpointNames(boolean checkpoints) {
    return new SaveOptions(maxShardBytes, checkpoints, quantise, progress);
  }

  /** These options with weights packed, or null for plain. */
  public SaveOptions quantise(@Nullable Quantise scheme) {
    return new SaveOptions(maxShardBytes, checkpointNames, scheme, progress);
  }

  /** These options with somebody who is told how far the save is. */
  public SaveOptions progress(SaveProgress listener) {
    return new SaveOptions(maxShardBytes, checkpointNames, quantise, listener);
  }
}
