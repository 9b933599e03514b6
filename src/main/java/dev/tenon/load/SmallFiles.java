package dev.tenon.load;

import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.write.NewCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stood beside a model's weights and goes with them when it is saved, as it was at the load:
 * the directory may hold another version by then.
 *
 * @param described whether there was a config
 * @param generation the bytes of {@code generation_config.json}, or null
 * @param modelOpt the bytes of {@code hf_quant_config.json}, which says how weights are packed, or
 *     null
 * @param metadata what the headers of weight files say beside tensors, if weights stay packed:
 *     torchao says there what it has packed
 * @param fault why one of them could not be read, which a load can do without but not a save; or
 *     null
 */
record SmallFiles(
    boolean described,
    byte @Nullable [] generation,
    byte @Nullable [] modelOpt,
    Map<String, String> metadata,
    @Nullable String fault) {
  static final String CONFIG = "config.json";
  static final String GENERATION = "generation_config.json";
  static final String MODEL_OPT = "hf_quant_config.json";

  /** Nobody means a larger file by this name. */
  private static final long MAX_BYTES = 64L << 20;

  private SmallFiles(
      boolean described, Read generation, Read modelOpt, Map<String, String> metadata) {
    this(
        described,
        generation.bytes(),
        modelOpt.bytes(),
        metadata,
        generation.fault() == null ? modelOpt.fault() : generation.fault());
  }

  private record Read(byte @Nullable [] bytes, @Nullable String fault) {
    static final Read NOTHING = new Read(null, null);
  }

  /**
   * What stands in a directory.
   *
   * @param packed the files with weights that stay packed, or none
   */
  static SmallFiles of(Path directory, boolean described, List<Shard> packed) {
    Map<String, String> metadata = new TreeMap<>(NewCheckpoint.METADATA);
    for (Shard shard : packed) {
      if (shard.file().toString().endsWith(".safetensors")) {
        metadata.putAll(shard.metadata());
      }
    }
    return new SmallFiles(
        described,
        read(directory.resolve(GENERATION)),
        read(directory.resolve(MODEL_OPT)),
        metadata);
  }

  private static Read read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        return Read.NOTHING;
      } else if (Files.size(file) <= MAX_BYTES) {
        return new Read(Files.readAllBytes(file), null);
      }
      return new Read(null, fault(file, "it is larger than 64 MiB"));
    } catch (NoSuchFileException e) {
      return Read.NOTHING;
    } catch (IOException e) {
      return new Read(null, fault(file, e.toString()));
    }
  }

  private static String fault(Path file, String reason) {
    return "A file that belongs to the model could not be read when it was loaded: file=%s, reason=%s"
        .formatted(file, reason);
  }
}
