package dev.tenon.checkpoint;

import dev.tenon.checkpoint.format.Errors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rule that tensors cover a safetensors file's data exactly. */
final class DataLayout {
  private DataLayout() {}

  /**
   * Checks that the tensors, taken by position, follow each other from 0 to {@code dataBytes} and
   * that each is as long as its shape and dtype say.
   */
  static void check(Path file, List<HeaderTensor> tensors, long dataBytes) {
    List<HeaderTensor> inOrder = new ArrayList<>(tensors);
    inOrder.sort(DataLayout::byPosition);
    long end = 0;
    for (HeaderTensor tensor : inOrder) {
      checkStart(file, tensor, end);
      checkLength(file, tensor);
      end = tensor.end();
    }
    if (end > dataBytes) {
      throw Errors.bad(
          file, "The file ends inside its tensors", "expected", end, "actual", dataBytes);
    }
    if (end < dataBytes) {
      throw Errors.bad(
          file, "Bytes at the end belong to no tensor", "expected", end, "actual", dataBytes);
    }
  }

  private static int byPosition(HeaderTensor one, HeaderTensor other) {
    int begin = Long.compare(one.begin(), other.begin());
    return begin != 0 ? begin : Long.compare(one.end(), other.end());
  }

  private static void checkStart(Path file, HeaderTensor tensor, long expected) {
    long begin = tensor.begin();
    if (begin < 0 || tensor.end() < begin) {
      throw Errors.bad(
          file,
          "data_offsets are reversed or past 2^63 - 1",
          "tensor",
          tensor.name(),
          "begin",
          Long.toUnsignedString(begin),
          "end",
          Long.toUnsignedString(tensor.end()));
    }
    if (begin != expected) {
      throw Errors.bad(
          file,
          begin < expected ? "Tensors overlap" : "Bytes before a tensor belong to no tensor",
          "tensor",
          tensor.name(),
          "expected",
          expected,
          "actual",
          begin);
    }
  }

  private static void checkLength(Path file, HeaderTensor tensor) {
    long length = tensor.end() - tensor.begin();
    long expected;
    try {
      expected = tensor.bytes();
    } catch (ArithmeticException e) {
      throw Errors.bad(
          file,
          e.getMessage(),
          "tensor",
          tensor.name(),
          "dtype",
          tensor.dtype(),
          "shape",
          tensor.shape());
    }
    if (length != expected) {
      throw Errors.bad(
          file,
          "data_offsets do not fit the shape",
          "tensor",
          tensor.name(),
          "dtype",
          tensor.dtype(),
          "shape",
          tensor.shape(),
          "expected",
          expected,
          "actual",
          length);
    }
  }
}
