package dev.tenon.quantised.gguf;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.gguf.GgufArray;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model's metadata, under its architecture's name, and its tensors. */
final class Metadata {
  private static final String ARCHITECTURE = "general.architecture";

  private final GgufHeader header;
  private final String architecture;
  private final Map<String, GgufTensor> tensors = new HashMap<>();

  /**
   * Of a model.
   *
   * @param headers of its files, that with the metadata first
   */
  Metadata(List<GgufHeader> headers) {
    this.header = headers.get(0);
    String said = header.text(ARCHITECTURE);
    this.architecture = said == null ? "" : said;
    for (GgufHeader part : headers) {
      for (GgufTensor tensor : part.tensors().values()) {
        if (tensors.put(tensor.name(), tensor) != null) {
          throw new TenonException(
              "Two parts of a split model hold a tensor of one name: file=%s, tensor=%s"
                  .formatted(part.file(), tensor.name()));
        }
      }
    }
  }

  String architecture() {
    return architecture;
  }

  String file() {
    return header.file().toString();
  }

  boolean has(String tensor) {
    return tensors.containsKey(tensor);
  }

  @Nullable GgufTensor tensor(String name) {
    return tensors.get(name);
  }

  Iterable<GgufTensor> tensors() {
    return tensors.values();
  }

  /** A value of the architecture's, or null. */
  @Nullable Object value(String key) {
    return header.metadata().get(architecture + "." + key);
  }

  /** A value of whichever, or null. */
  @Nullable Object any(String key) {
    return header.metadata().get(key);
  }

  String text(String key) {
    String text = header.text(key);
    return text == null ? "" : text;
  }

  /** A whole number of the architecture's, or null; of a list whose items are alike, that. */
  @Nullable Long integer(String key) {
    Object value = value(key);
    if (value instanceof GgufArray array && !array.values().isEmpty()) {
      Object first = array.values().get(0);
      if (!array.values().stream().allMatch(first::equals)) {
        throw new TenonException(
            "Layers of a GGUF model differ in what a config says of all: file=%s, key=%s.%s, value=%s"
                .formatted(file(), architecture, key, array));
      }
      value = first;
    }
    return value instanceof Long number ? number : null;
  }

  /** A whole number of the architecture's that must be there. */
  long required(String key) {
    Long number = integer(key);
    if (number == null) {
      throw new TenonException(
          "A GGUF model's metadata lacks a number: file=%s, key=%s.%s"
              .formatted(file(), architecture, key));
    }
    return number;
  }
}
