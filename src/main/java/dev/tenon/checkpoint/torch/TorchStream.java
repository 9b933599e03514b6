package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.checkpoint.torch.PickleValue.None;
import dev.tenon.checkpoint.torch.PickleValue.Storage;
import dev.tenon.checkpoint.torch.PickleValue.StorageClass;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The format before 1.6: five pickles in a row (a magic number, the format's version, the machine
 * that wrote it, the dictionary, the keys of its storages), then the storages in that order, each
 * the number of its elements in eight bytes and the elements.
 */
final class TorchStream extends TorchFile {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;

  /** Every key the pickle gave bytes to: of a whole storage, or of a part that has a key too. */
  private final Map<String, Storage> known = new HashMap<>();

  private final Map<String, Long> offsets = new HashMap<>();

  TorchStream(RegularFile file) {
    super(file);
  }

  @Override
  Object unpickle() throws IOException, PickleFault {
    PickleInput in = pickles(0, Math.min(file.size(), LARGEST_PICKLE));
    if (!MAGIC.equals(plain(in))) {
      throw new PickleFault("the file does not begin with torch's magic number");
    }
    Object version = plain(in);
    if (!version.equals(VERSION)) {
      throw new PickleFault("the format's version is not " + VERSION);
    }
    if (plain(in) instanceof Map<?, ?> machine
        && Boolean.FALSE.equals(machine.get("little_endian"))) {
      throw Errors.bad(file.path(), "Tensors are stored in another byte order", "byteorder", "big");
    }
    Object value = Unpickler.read(in, this::storage);
    if (!(plain(in) instanceof List<?> keys)) {
      throw new PickleFault("the keys of the storages are no list");
    }
    place(keys, in.taken());
    return value;
  }

  /** A pickle that refers to nothing outside. */
  private static Object plain(PickleInput in) throws IOException, PickleFault {
    return Unpickler.read(
        in,
        id -> {
          throw new PickleFault("the pickle refers to a storage where none can be");
        });
  }

  /** Resolves {@code (…, null or (key of the part, first element, elements))}. */
  private Storage storage(Tuple id) throws PickleFault {
    Arguments args = storage(id, 6);
    args.require(6, 6);
    DType dtype = args.get(1, StorageClass.class).dtype();
    String key = args.get(2, String.class);
    long bytes = bytes(dtype, args.get(4, Long.class));
    if (bytes < 0 || bytes > file.size()) {
      throw new PickleFault("a storage is larger than the file: storage=" + key);
    }
    Storage whole = know(key, new Storage(dtype, key, 0, bytes));
    if (args.get(5, Object.class) == None.NONE) {
      return whole;
    }
    Arguments part = new Arguments("a part of a storage", args.get(5, Tuple.class).items());
    part.require(3, 3);
    long start = bytes(dtype, part.get(1, Long.class));
    long length = bytes(dtype, part.get(2, Long.class));
    if (start < 0 || length < 0 || start > bytes - length) {
      throw new PickleFault("a part of a storage reaches past it: storage=" + key);
    }
    return know(part.get(0, String.class), new Storage(dtype, key, start, length));
  }

  /** Torch takes what it heard of a key first; here nothing else may be said of it later. */
  private Storage know(String key, Storage storage) throws PickleFault {
    Storage first = known.putIfAbsent(key, storage);
    if (first != null && !first.equals(storage)) {
      throw new PickleFault("a storage is described in two ways: storage=" + key);
    }
    return storage;
  }

  /** Finds the storages, which follow the last pickle. */
  private void place(List<?> keys, long from) throws IOException, PickleFault {
    long at = from;
    for (Object key : keys) {
      Storage storage = key instanceof String text ? known.get(text) : null;
      if (storage == null || !storage.key().equals(key)) {
        throw new PickleFault("a storage is listed that no tensor looks into");
      }
      long left = file.size() - at - Long.BYTES;
      if (left < storage.bytes()) {
        throw Errors.bad(
            file.path(),
            "The file ends inside a storage: the file is truncated",
            "storage",
            key,
            "expected",
            storage.bytes(),
            "actual",
            Math.max(left, 0));
      }
      long elements = file.read(at, Long.BYTES).getLong();
      if (bytes(storage.dtype(), elements) != storage.bytes()) {
        throw new PickleFault(
            "a storage has another size than the pickle says: storage="
                + key
                + ", elements="
                + elements);
      }
      if (offsets.putIfAbsent(storage.key(), at + Long.BYTES) != null) {
        throw new PickleFault("a storage is listed twice: storage=" + key);
      }
      at += Long.BYTES + storage.bytes();
    }
    for (Storage storage : known.values()) {
      if (!offsets.containsKey(storage.key())) {
        throw new PickleFault("a storage is missing: name=" + storage.key());
      }
    }
  }

  @Override
  long offset(String storage) {
    return offsets.get(storage);
  }
}
