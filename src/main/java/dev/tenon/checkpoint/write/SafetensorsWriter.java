package dev.tenon.checkpoint.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes a safetensors file, byte for byte as the format's own serializer does: tensors by their
 * dtype, the widest first, then by name, no gaps, and a header padded with spaces so that the
 * tensors begin at a multiple of eight.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  /** An interrupt waits for no more than this. */
  private static final int CHUNK_BYTES = 16 << 20;

  /** The serializer's order; dtypes are declared in its order, too. */
  private static final Comparator<NewTensor> ORDER =
      Comparator.comparing(NewTensor::dtype)
          .reversed()
          .thenComparing(NewTensor::name, SafetensorsWriter::compareCodePoints);

  private SafetensorsWriter() {}

  /**
   * Writes a new file and forces it to the disk.
   *
   * @param file its path, where no file may be
   * @param tensors in any order
   * @param written told how many bytes of tensors more are in the file
   * @throws IOException if the file cannot be written, or the thread is interrupted; then a part of
   *     it may be there
   * @throws TenonException if a tensor's content is not as long as its shape and dtype say
   */
  public static void write(Path file, List<NewTensor> tensors, LongConsumer written)
      throws IOException {
    write(file, tensors, NewCheckpoint.METADATA, written);
  }

  /** As above, with other words in the header's {@code __metadata__}. */
  static void write(
      Path file, List<NewTensor> tensors, Map<String, String> metadata, LongConsumer written)
      throws IOException {
    List<NewTensor> ordered = new ArrayList<>(tensors);
    ordered.sort(ORDER);
    byte[] header = header(ordered, metadata);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      writeFully(channel, start, bytes -> {});
      long end = Long.BYTES + header.length;
      for (NewTensor tensor : ordered) {
        tensor.content().writeTo(buffer -> writeFully(channel, buffer, written));
        end += tensor.bytes();
        if (channel.position() != end) {
          throw Errors.bad(
              file,
              "A tensor's content is not as long as its shape says",
              "tensor",
              tensor.name(),
              "expected",
              tensor.bytes(),
              "actual",
              tensor.bytes() + channel.position() - end);
        }
      }
      channel.force(true);
    }
  }

  private static byte[] header(List<NewTensor> tensors, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("__metadata__");
      for (Map.Entry<String, String> word : metadata.entrySet()) {
        json.writeStringField(word.getKey(), word.getValue());
      }
      json.writeEndObject();
      long offset = 0;
      for (NewTensor tensor : tensors) {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().code());
        long[] dims = tensor.shape().dims();
        json.writeFieldName("shape");
        json.writeArray(dims, 0, dims.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, offset + tensor.bytes()}, 0, 2);
        json.writeEndObject();
        offset += tensor.bytes();
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer, LongConsumer written)
      throws IOException {
    int end = buffer.limit();
    while (buffer.position() < end) {
      buffer.limit(Math.min(end, buffer.position() + CHUNK_BYTES));
      written.accept(channel.write(buffer));
    }
  }

  /** UTF-8's order, which is not that of Java's strings where surrogates stand. */
  static int compareCodePoints(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean high = Character.isSurrogate(a);
        return high == Character.isSurrogate(b) ? Character.compare(a, b) : high ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
