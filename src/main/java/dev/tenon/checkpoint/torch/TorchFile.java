package dev.tenon.checkpoint.torch;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.FileKind;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.checkpoint.torch.PickleValue.StorageClass;
import dev.tenon.checkpoint.torch.PickleValue.Tensor;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import dev.tenon.tensor.DType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code torch.save}, in either of its formats: a pickle that describes a dictionary of
 * tensors, and the storages they look into.
 */
public abstract class TorchFile {
  /** A description of a million tensors takes about 200 MB. */
  static final long LARGEST_PICKLE = 512L << 20;

  final RegularFile file;

  TorchFile(RegularFile file) {
    this.file = file;
  }

  /** Reads a file's description; the bytes of its tensors stay where they are. */
  public static Shard read(Path path) {
    try (RegularFile file = RegularFile.open(path)) {
      FileKind kind = FileKind.of(path);
      TorchFile torch =
          switch (kind) {
            case ZIP -> new TorchZip(file);
            case TORCH_STREAM -> new TorchStream(file);
            case UNKNOWN ->
                throw Errors.bad(
                    path,
                    "Not a torch file: it is no zip archive, and not what torch before 1.6 wrote");
            default -> throw kind.insteadOf("a torch file", path);
          };
      return torch.shard();
    } catch (IOException e) {
      throw Errors.io(path, e);
    } catch (PickleFault e) {
      throw new TenonException(
          "Refused to unpickle: file=" + path + ", reason=" + Errors.quote(e.getMessage()));
    }
  }

  /** What the pickle holds; when this has been done, {@link #offset} may be asked. */
  abstract Object unpickle() throws IOException, PickleFault;

  /** Where a storage the pickle refers to starts in the file. */
  abstract long offset(String storage) throws IOException;

  private Shard shard() throws IOException, PickleFault {
    if (!(unpickle() instanceof Map<?, ?> map)) {
      throw Errors.bad(file.path(), "The file holds no dictionary of tensors");
    }
    List<TensorEntry> entries = new ArrayList<>();
    Map<String, String> rest = new LinkedHashMap<>();
    for (Map.Entry<?, ?> item : map.entrySet()) {
      String name = item.getKey().toString();
      if (item.getValue() instanceof Tensor tensor) {
        entries.add(entry(name, tensor));
      } else {
        rest.put(name, describe(item.getValue()));
      }
    }
    if (entries.isEmpty() && !rest.isEmpty()) {
      throw Errors.bad(
          file.path(),
          "The dictionary holds no tensors itself",
          "keys",
          String.join(" | ", rest.keySet()));
    }
    return new Shard(file.path(), file.stamp(), entries, rest);
  }

  private TensorEntry entry(String name, Tensor tensor) throws IOException {
    long offset = offset(tensor.key()) + tensor.start();
    return new TensorEntry(
        name, tensor.dtype(), tensor.shape(), file.path(), offset, tensor.strides());
  }

  /** Pickles that begin at a place in the file and take so many bytes at most. */
  PickleInput pickles(long offset, long length) {
    return new PickleInput(new BufferedInputStream(file.stream(offset, length), 1 << 16), length);
  }

  /**
   * What stands for a storage in a pickle: {@code ("storage", class, key, device, elements, …)}.
   */
  static Arguments storage(Tuple id, int facts) throws PickleFault {
    Arguments args = new Arguments("a storage", id.items());
    args.require(facts);
    if (!"storage".equals(args.get(0, Object.class))) {
      throw new PickleFault("the pickle refers to something outside that is no storage");
    }
    args.get(1, StorageClass.class);
    args.get(2, String.class);
    return args;
  }

  /** The bytes of so many elements, which the untyped storage counts in bytes; -1 if too many. */
  static long bytes(@Nullable DType dtype, long elements) {
    try {
      return dtype == null ? elements : dtype.bytes(elements);
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private static String describe(Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof Map ? "dict" : value instanceof PickleValue.None ? "None" : "object";
  }
}
