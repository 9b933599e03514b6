package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The central directory of a zip archive, zip64 included: the JDK's reader does not tell where an
 * entry's bytes are, and tensors are mapped where they lie.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE 4.3</a>
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_LENGTH = 20;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_LENGTH = 56;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_LENGTH = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final long IN_EXTRA = 0xffffffffL;
  private static final int ENCRYPTED = 1;

  /** In bytes; an entry of torch's takes about a hundred. */
  private static final int LARGEST = 256 << 20;

  /**
   * One for each storage: the largest checkpoints have some hundred thousand, in all their files.
   */
  private static final int MOST_ENTRIES = 1 << 20;

  private final RegularFile file;
  private final long start;
  private final Map<String, ZipRecord> records = new LinkedHashMap<>();

  private ZipDirectory(RegularFile file, long start) {
    this.file = file;
    this.start = start;
  }

  /** Reads the directory of an archive. */
  static ZipDirectory read(RegularFile file) throws IOException {
    long end = findEnd(file);
    ByteBuffer record = file.read(end, END_LENGTH);
    long size = unsigned(record.getInt(12));
    long start = unsigned(record.getInt(16));
    long limit = end;
    if (end >= LOCATOR_LENGTH) {
      ByteBuffer locator = file.read(end - LOCATOR_LENGTH, LOCATOR_LENGTH);
      if (locator.getInt(0) == LOCATOR_SIGNATURE) {
        limit = locator.getLong(8);
        check(file, limit >= 0 && limit <= end - LOCATOR_LENGTH - END64_LENGTH);
        ByteBuffer end64 = file.read(limit, END64_LENGTH);
        check(file, end64.getInt(0) == END64_SIGNATURE);
        size = end64.getLong(40);
        start = end64.getLong(48);
      }
    }
    check(file, size >= 0 && start >= 0 && start <= limit - size);
    if (size > LARGEST) {
      throw Errors.bad(
          file.path(),
          "The zip archive's directory is too large",
          "bytes",
          size,
          "allowed",
          LARGEST);
    }
    ZipDirectory directory = new ZipDirectory(file, start);
    directory.readRecords(file.read(start, (int) size));
    return directory;
  }

  private static long findEnd(RegularFile file) throws IOException {
    long length = Math.min(file.size(), END_LENGTH + LONGEST_COMMENT);
    ByteBuffer tail = file.read(file.size() - length, (int) length);
    for (int at = (int) length - END_LENGTH; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) == length) {
        return file.size() - length + at;
      }
    }
    throw Errors.bad(file.path(), "The zip archive has no end: the file is truncated");
  }

  private void readRecords(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int at = bytes.position();
      check(file, bytes.remaining() >= CENTRAL_LENGTH && bytes.getInt(at) == CENTRAL_SIGNATURE);
      int nameLength = Short.toUnsignedInt(bytes.getShort(at + 28));
      int extraLength = Short.toUnsignedInt(bytes.getShort(at + 30));
      int commentLength = Short.toUnsignedInt(bytes.getShort(at + 32));
      int extraAt = at + CENTRAL_LENGTH + nameLength;
      int next = extraAt + extraLength + commentLength;
      check(file, next <= bytes.limit());
      byte[] name = new byte[nameLength];
      bytes.get(at + CENTRAL_LENGTH, name);
      add(record(bytes, at, new String(name, StandardCharsets.UTF_8), extraAt, extraLength));
      bytes.position(next);
    }
  }

  private ZipRecord record(ByteBuffer bytes, int at, String name, int extraAt, int extraLength) {
    boolean encrypted = (bytes.getShort(at + 8) & ENCRYPTED) != 0;
    boolean compressed = bytes.getShort(at + 10) != 0;
    // Whichever of the three does not fit 32 bits stands in the extra field, in this order.
    long[] numbers = {
      unsigned(bytes.getInt(at + 24)),
      unsigned(bytes.getInt(at + 20)),
      unsigned(bytes.getInt(at + 42))
    };
    ByteBuffer wide = zip64(bytes, extraAt, extraLength);
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == IN_EXTRA && wide.remaining() >= Long.BYTES) {
        numbers[i] = wide.getLong();
      }
      check(file, numbers[i] >= 0);
    }
    boolean stored = !encrypted && !compressed && numbers[0] == numbers[1];
    return new ZipRecord(name, stored, numbers[0], numbers[2]);
  }

  private ByteBuffer zip64(ByteBuffer bytes, int extraAt, int extraLength) {
    int end = extraAt + extraLength;
    for (int at = extraAt; at + 4 <= end; ) {
      int length = Short.toUnsignedInt(bytes.getShort(at + 2));
      check(file, at + 4 + length <= end);
      if (bytes.getShort(at) == ZIP64_EXTRA) {
        return bytes.slice(at + 4, length).order(bytes.order());
      }
      at += 4 + length;
    }
    return ByteBuffer.allocate(0);
  }

  private void add(ZipRecord record) {
    String name = record.name();
    boolean plain =
        !name.startsWith("/")
            && !("/" + name + "/").contains("/../")
            && name.chars().noneMatch(c -> c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw Errors.bad(file.path(), "A name in the zip archive is no plain path", "name", name);
    }
    if (records.size() == MOST_ENTRIES) {
      throw Errors.bad(
          file.path(), "The zip archive holds too many entries", "allowed", MOST_ENTRIES);
    }
    if (records.put(name, record) != null) {
      throw Errors.bad(file.path(), "The zip archive holds a name twice", "name", name);
    }
  }

  /** The archive's entries by name, in the order they are listed. */
  Map<String, ZipRecord> records() {
    return records;
  }

  /** Where an entry's bytes start in the archive; they all lie before the central directory. */
  long dataOffset(ZipRecord record) throws IOException {
    if (!record.stored()) {
      throw Errors.bad(
          file.path(),
          "An entry of the zip archive is compressed or encrypted, where torch stores it as it is",
          "name",
          record.name());
    }
    check(file, record.header() <= start - LOCAL_LENGTH);
    ByteBuffer local = file.read(record.header(), LOCAL_LENGTH);
    check(file, local.getInt(0) == LOCAL_SIGNATURE);
    long offset =
        record.header()
            + LOCAL_LENGTH
            + Short.toUnsignedInt(local.getShort(26))
            + Short.toUnsignedInt(local.getShort(28));
    check(file, record.size() <= start - offset);
    return offset;
  }

  private static long unsigned(int value) {
    return Integer.toUnsignedLong(value);
  }

  private static void check(RegularFile file, boolean condition) {
    if (!condition) {
      throw Errors.bad(file.path(), "The zip archive's directory is damaged");
    }
  }
}
