package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.PickleValue.StorageClass;
import dev.tenon.checkpoint.PickleValue.Tensor;
import dev.tenon.checkpoint.PickleValue.Tuple;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code torch.save}: a zip archive of stored entries, a pickle {@code data.pkl} that
 * describes a dictionary of tensors, and one entry for each storage they look into.
 */
final class TorchFile {
  private static final String PICKLE = "/data.pkl";

  /** A description of a million tensors takes about 200 MB. */
  private static final long LARGEST_PICKLE = 512L << 20;

  private final RegularFile file;
  private final ZipDirectory zip;
  private final String root;
  private final Map<String, Long> offsets = new LinkedHashMap<>();

  private TorchFile(RegularFile file, ZipDirectory zip, String root) {
    this.file = file;
    this.zip = zip;
    this.root = root;
  }

  /** Reads a file's description; the bytes of its tensors stay where they are. */
  static Shard read(Path path) {
    try (RegularFile file = RegularFile.open(path)) {
      FileKind kind = FileKind.of(path);
      if (kind != FileKind.ZIP) {
        throw kind.isKnown()
            ? kind.insteadOf("a torch file", path)
            : Errors.bad(path, "Not a torch file: it is no zip archive");
      }
      ZipDirectory zip = ZipDirectory.read(file);
      return new TorchFile(file, zip, root(file, zip)).shard();
    } catch (IOException e) {
      throw Errors.io(path, e);
    }
  }

  private static String root(RegularFile file, ZipDirectory zip) {
    for (String name : zip.records().keySet()) {
      if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
        return name.substring(0, name.length() - PICKLE.length());
      }
    }
    throw Errors.bad(file.path(), "Not a torch file: the zip archive has no data.pkl");
  }

  private Shard shard() throws IOException {
    checkByteOrder();
    if (record("constants.pkl") != null) {
      throw Errors.bad(
          file.path(), "A TorchScript program, not a dictionary of tensors; save its state_dict()");
    }
    Object value = unpickle();
    if (!(value instanceof Map<?, ?> map)) {
      throw Errors.bad(file.path(), "The file holds no dictionary of tensors");
    }
    List<TensorEntry> entries = new ArrayList<>();
    Map<String, String> rest = new LinkedHashMap<>();
    map.forEach(
        (key, item) -> {
          if (item instanceof Tensor tensor) {
            entries.add(entry(key.toString(), tensor));
          } else {
            rest.put(key.toString(), describe(item));
          }
        });
    if (entries.isEmpty() && !rest.isEmpty()) {
      throw Errors.bad(
          file.path(),
          "The dictionary holds no tensors itself",
          "keys",
          String.join(" | ", rest.keySet()));
    }
    return new Shard(file.path(), file.stamp(), entries, rest);
  }

  private void checkByteOrder() throws IOException {
    ZipRecord record = record("byteorder");
    if (record == null) {
      return;
    }
    int length = (int) Math.min(record.size(), 16);
    byte[] bytes = file.read(zip.dataOffset(record), length).array();
    String order = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!order.equals("little")) {
      throw Errors.bad(file.path(), "Tensors are stored in another byte order", "byteorder", order);
    }
  }

  private Object unpickle() throws IOException {
    ZipRecord record = zip.records().get(root + PICKLE);
    long length = record.size();
    if (length > LARGEST_PICKLE) {
      throw Errors.bad(
          file.path(), "data.pkl is too large", "allowed", LARGEST_PICKLE, "actual", length);
    }
    var in = new BufferedInputStream(file.stream(zip.dataOffset(record), length), 1 << 16);
    try {
      return Unpickler.read(new PickleInput(in, length), this::storage);
    } catch (PickleFault e) {
      throw new TenonException(
          "Refused to unpickle: file=" + file.path() + ", reason=" + Errors.quote(e.getMessage()));
    }
  }

  /** Resolves {@code ("storage", class, key, device, elements)}. */
  private PickleValue.Storage storage(Tuple id) throws IOException, PickleFault {
    Arguments args = new Arguments("a storage", id.items());
    args.require(5);
    if (!"storage".equals(args.get(0, Object.class))) {
      throw new PickleFault("the pickle refers to something outside that is no storage");
    }
    StorageClass type = args.get(1, StorageClass.class);
    String key = args.get(2, String.class);
    ZipRecord record = record("data/" + key);
    if (record == null) {
      throw new PickleFault("a storage is missing: name=" + root + "/data/" + key);
    }
    long elements = args.get(4, Long.class);
    long bytes = elements;
    try {
      bytes = type.dtype() == null ? elements : type.dtype().bytes(elements);
    } catch (ArithmeticException e) {
      bytes = -1;
    }
    if (bytes < 0 || bytes > record.size()) {
      throw new PickleFault(
          "a storage is larger than its entry: name=" + record.name() + ", elements=" + elements);
    }
    return new PickleValue.Storage(type.dtype(), offset(record), bytes);
  }

  private long offset(ZipRecord record) throws IOException {
    Long known = offsets.get(record.name());
    if (known == null) {
      known = zip.dataOffset(record);
      offsets.put(record.name(), known);
    }
    return known;
  }

  private @Nullable ZipRecord record(String name) {
    return zip.records().get(root + "/" + name);
  }

  private TensorEntry entry(String name, Tensor tensor) {
    return new TensorEntry(
        name, tensor.dtype(), tensor.shape(), file.path(), tensor.offset(), tensor.strides());
  }

  private static String describe(Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof Map ? "dict" : value instanceof PickleValue.None ? "None" : "object";
  }
}
