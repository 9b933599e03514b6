package dev.tenon.checkpoint.gguf;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a header, as the format's description has it (ggml's docs/gguf.md). */
final class GgufReader {
  private static final int MAGIC = 0x46554747; // GGUF
  private static final String ALIGNMENT = "general.alignment";
  private static final int USUAL_ALIGNMENT = 32;
  private static final long MOST_ALIGNMENT = 1 << 20;
  private static final int MOST_DIMS = 4;

  private final RegularFile file;
  private final GgufInput in;

  /** A tensor, and where it begins after the header. */
  private record Info(String name, GgmlType type, Shape shape, long offset) {}

  private GgufReader(RegularFile file) {
    this.file = file;
    this.in = new GgufInput(file);
  }

  static GgufHeader read(Path path) {
    try (RegularFile file = RegularFile.open(path)) {
      return new GgufReader(file).read();
    } catch (IOException e) {
      throw Errors.io(path, e);
    }
  }

  private GgufHeader read() throws IOException {
    if (in.remaining() < 8 || in.i32() != MAGIC) {
      throw in.bad("Not a GGUF file");
    }
    int version = in.i32();
    if (version != 2 && version != 3) {
      boolean swapped = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3;
      throw swapped
          ? in.bad("A GGUF file for big-endian machines is not read")
          : in.bad("A GGUF file of this version is not read", "version", version, "known", "2, 3");
    }
    long tensors = in.count("tensors", 24);
    long pairs = in.count("metadata", 13);
    Map<String, Object> metadata = new LinkedHashMap<>();
    GgufValues values = new GgufValues(in);
    for (long i = 0; i < pairs; i++) {
      String key = in.text("a metadata key");
      if (metadata.put(key, values.read(key)) != null) {
        throw in.bad("A metadata key stands there twice", "key", key);
      }
    }
    List<Info> infos = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensors; i++) {
      Info info = info();
      if (!names.add(info.name)) {
        throw in.bad("A tensor stands there twice", "tensor", info.name);
      }
      infos.add(info);
    }
    long alignment = alignment(metadata);
    long start = (in.position() + alignment - 1) / alignment * alignment;
    return new GgufHeader(file.path(), file.stamp(), metadata, placed(infos, start, alignment));
  }

  private long alignment(Map<String, Object> metadata) {
    Object said = metadata.getOrDefault(ALIGNMENT, (long) USUAL_ALIGNMENT);
    if (!(said instanceof Long number)
        || number < 1
        || number > MOST_ALIGNMENT
        || Long.bitCount(number) != 1) {
      throw in.bad("The alignment is no power of two that could be meant", ALIGNMENT, said);
    }
    return number;
  }

  private Info info() throws IOException {
    String name = in.text("a tensor's name");
    int rank = in.i32();
    if (rank < 0 || rank > MOST_DIMS) {
      throw in.bad(
          "A tensor has too many dimensions",
          "tensor",
          name,
          "dimensions",
          Integer.toUnsignedString(rank),
          "allowed",
          MOST_DIMS);
    }
    long[] dims = new long[Math.max(1, rank)];
    dims[0] = 1;
    long elements = 1;
    for (int i = 0; i < rank; i++) {
      long size = in.i64();
      if (size < 0 || Math.multiplyHigh(elements, size) != 0 || elements * size < 0) {
        throw in.bad(
            "A tensor has more elements than can be counted",
            "tensor",
            name,
            "size",
            Long.toUnsignedString(size));
      }
      elements *= size;
      dims[rank - 1 - i] = size; // The file has the innermost first.
    }
    int number = in.i32();
    GgmlType type = GgmlType.of(number);
    if (type == null) {
      throw in.bad(
          "A tensor is of a type of ggml's that is not known", "tensor", name, "type", number);
    }
    if (dims[dims.length - 1] % type.elements() != 0) {
      throw in.bad(
          "A tensor's rows are no whole blocks",
          "tensor",
          name,
          "type",
          type,
          "elements of a row",
          dims[dims.length - 1],
          "of a block",
          type.elements());
    }
    return new Info(name, type, Shape.of(dims), in.i64());
  }

  /** The tensors where they are in the file, none beyond its end and none over another. */
  private Map<String, GgufTensor> placed(List<Info> infos, long start, long alignment) {
    List<GgufTensor> tensors = new ArrayList<>(infos.size());
    for (Info info : infos) {
      GgufTensor relative =
          new GgufTensor(info.name, info.type, info.shape, file.path(), info.offset);
      long elements = info.shape.elements();
      // A block's bytes are at most 8 an element, so that this bounds what is multiplied below.
      boolean countable = elements <= file.size() * 64 && info.offset >= 0;
      if (!countable
          || info.offset > file.size() - start
          || relative.bytes() > file.size() - start - info.offset) {
        throw in.bad(
            "A tensor lies beyond the end of the file",
            "tensor",
            info.name,
            "offset",
            Long.toUnsignedString(info.offset),
            "elements",
            elements,
            "type",
            info.type,
            "size",
            file.size());
      } else if (info.offset % alignment != 0) {
        throw in.bad(
            "A tensor is not aligned",
            "tensor",
            info.name,
            "offset",
            info.offset,
            "alignment",
            alignment);
      }
      tensors.add(
          new GgufTensor(info.name, info.type, info.shape, file.path(), start + info.offset));
    }
    requireApart(tensors);
    Map<String, GgufTensor> byName = new LinkedHashMap<>();
    for (GgufTensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
    }
    return byName;
  }

  private void requireApart(List<GgufTensor> tensors) throws TenonException {
    List<GgufTensor> inOrder = new ArrayList<>(tensors);
    inOrder.removeIf(tensor -> tensor.bytes() == 0);
    inOrder.sort(Comparator.comparingLong(GgufTensor::offset));
    for (int i = 1; i < inOrder.size(); i++) {
      GgufTensor before = inOrder.get(i - 1);
      if (before.offset() + before.bytes() > inOrder.get(i).offset()) {
        throw in.bad(
            "Two tensors share bytes", "tensor", before.name(), "other", inOrder.get(i).name());
      }
    }
  }
}
