package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/** Writes bfloat16 tensors of pseudo-random values between 2⁻⁶ and 2⁻⁵, either sign. */
final class SafetensorsWriter {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT = 8;

  /** Sign and mantissa are random; the exponent is that of 2⁻⁶. Four values to a word. */
  private static final long RANDOM_BITS = 0x807F_807F_807F_807FL;

  private static final long EXPONENT_BITS = 0x3C80_3C80_3C80_3C80L;

  private final SplittableRandom random = new SplittableRandom(0);

  /** Writes one file. */
  void write(Path file, List<Slot> slots) throws IOException {
    byte[] header = header(slots);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, start);
      long left = slots.stream().mapToLong(SafetensorsWriter::bytes).sum();
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (; left > 0; left -= chunk.limit()) {
        chunk.clear();
        while (chunk.hasRemaining()) {
          chunk.putLong(random.nextLong() & RANDOM_BITS | EXPONENT_BITS);
        }
        chunk.flip().limit((int) Math.min(left, CHUNK_BYTES));
        writeFully(channel, chunk);
      }
    }
  }

  /** Bytes of a slot in the file. */
  static long bytes(Slot slot) {
    return DType.BF16.bytes(slot.shape().elements());
  }

  private static byte[] header(List<Slot> slots) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("__metadata__");
      json.writeStringField("format", "pt");
      json.writeEndObject();
      long offset = 0;
      for (Slot slot : slots) {
        json.writeObjectFieldStart(slot.name());
        json.writeStringField("dtype", DType.BF16.code());
        Json.shape(json, "shape", slot.shape());
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, offset + bytes(slot)}, 0, 2);
        json.writeEndObject();
        offset += bytes(slot);
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
