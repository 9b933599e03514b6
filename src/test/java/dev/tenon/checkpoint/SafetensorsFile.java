package dev.tenon.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small safetensors files for tests. */
public final class SafetensorsFile {
  private SafetensorsFile() {}

  /** A file of one-byte tensors with these names. */
  public static Path write(Path path, String... names) throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < names.length; i++) {
      header
          .append(i == 0 ? "" : ",")
          .append("\"%s\":{\"dtype\":\"U8\",\"shape\":[1],".formatted(names[i]))
          .append("\"data_offsets\":[%d,%d]}".formatted(i, i + 1));
    }
    return write(path, header + "}", names.length);
  }

  /** A file with this header and {@code dataBytes} zeros after it, which take no room on disk. */
  static Path write(Path path, String header, long dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(path, start.putLong(json.length).put(json).array());
    if (dataBytes > 0) {
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(8 + json.length + dataBytes);
      }
    }
    return path;
  }
}
