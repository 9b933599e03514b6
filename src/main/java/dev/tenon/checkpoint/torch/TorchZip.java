package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.checkpoint.torch.PickleValue.Storage;
import dev.tenon.checkpoint.torch.PickleValue.StorageClass;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The format since 1.6: a zip archive of stored entries, a pickle {@code data.pkl} and one entry
 * for each storage.
 */
final class TorchZip extends TorchFile {
  private static final String PICKLE = "/data.pkl";

  private final ZipDirectory zip;
  private final String root;
  private final Map<String, Long> offsets = new HashMap<>();

  TorchZip(RegularFile file) throws IOException {
    super(file);
    this.zip = ZipDirectory.read(file);
    this.root = root();
  }

  private String root() {
    for (String name : zip.records().keySet()) {
      if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
        return name.substring(0, name.length() - PICKLE.length());
      }
    }
    throw Errors.bad(file.path(), "Not a torch file: the zip archive has no data.pkl");
  }

  @Override
  Object unpickle() throws IOException, PickleFault {
    checkByteOrder();
    if (record("constants.pkl") != null) {
      throw Errors.bad(
          file.path(), "A TorchScript program, not a dictionary of tensors; save its state_dict()");
    }
    ZipRecord record = zip.records().get(root + PICKLE);
    long length = record.size();
    if (length > LARGEST_PICKLE) {
      throw Errors.bad(
          file.path(), "data.pkl is too large", "allowed", LARGEST_PICKLE, "actual", length);
    }
    return Unpickler.read(pickles(zip.dataOffset(record), length), this::storage);
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

  private Storage storage(Tuple id) throws IOException, PickleFault {
    Arguments args = storage(id, 5);
    StorageClass type = args.get(1, StorageClass.class);
    String key = args.get(2, String.class);
    ZipRecord record = record("data/" + key);
    if (record == null) {
      throw new PickleFault("a storage is missing: name=" + root + "/data/" + key);
    }
    long elements = args.get(4, Long.class);
    long bytes = bytes(type.dtype(), elements);
    if (bytes < 0 || bytes > record.size()) {
      throw new PickleFault(
          "a storage is larger than its entry: name=" + record.name() + ", elements=" + elements);
    }
    offset(key);
    return new Storage(type.dtype(), key, 0, bytes);
  }

  @Override
  long offset(String storage) throws IOException {
    Long known = offsets.get(storage);
    if (known == null) {
      known = zip.dataOffset(zip.records().get(root + "/data/" + storage));
      offsets.put(storage, known);
    }
    return known;
  }

  private @Nullable ZipRecord record(String name) {
    return zip.records().get(root + "/" + name);
  }
}
