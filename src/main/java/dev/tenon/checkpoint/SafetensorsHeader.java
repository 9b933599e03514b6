package dev.tenon.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.FileKind;
import dev.tenon.checkpoint.format.RegularFile;
import dev.tenon.checkpoint.format.StrictJson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The header of one safetensors file, every rule of the format checked: its length as a
 * little-endian u64 of at most 100,000,000, that many bytes of strict JSON, and tensors that cover
 * the rest of the file exactly, in any order of the header, without holes or overlaps.
 *
 * <p>The rules are those of safetensors 0.8.0, and where its reader is laxer than the format's
 * description (duplicate names, a null {@code __metadata__}, a tensor written as an array), the
 * description's. Alignment is not demanded, nor values looked at. White space around the JSON is
 * padding.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsHeader {
  /** The longest header the format allows, in bytes. */
  public static final long LONGEST = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private final Path file;
  private final FileStamp stamp;
  private final long dataStart;
  private final List<HeaderTensor> tensors;
  private final Map<String, String> metadata;

  private SafetensorsHeader(
      Path file, FileStamp stamp, long dataStart, HeaderParser.Contents contents) {
    this.file = file;
    this.stamp = stamp;
    this.dataStart = dataStart;
    this.tensors = contents.tensors();
    this.metadata = contents.metadata();
  }

  /**
   * Reads and checks a file's header. No tensor bytes are read.
   *
   * @param path the file; symbolic links are followed
   * @return its header
   * @throws TenonException if the file cannot be read or breaks a rule; if it is something else
   *     altogether, the message says what
   */
  public static SafetensorsHeader read(Path path) {
    try (RegularFile file = RegularFile.open(path)) {
      return read(file);
    } catch (TenonException e) {
      throw e;
    } catch (IOException e) {
      throw Errors.io(path, e);
    }
  }

  private static SafetensorsHeader read(RegularFile file) throws IOException {
    try {
      long dataStart = LENGTH_BYTES + headerLength(file);
      HeaderParser.Contents contents = parse(file, dataStart - LENGTH_BYTES);
      DataLayout.check(file.path(), contents.tensors(), file.size() - dataStart);
      return new SafetensorsHeader(file.path(), file.stamp(), dataStart, contents);
    } catch (TenonException e) {
      FileKind kind = FileKind.of(file.path());
      throw kind.isKnown() && kind != FileKind.SAFETENSORS
          ? kind.insteadOf("a safetensors file", file.path())
          : e;
    }
  }

  private static long headerLength(RegularFile file) throws IOException {
    if (file.size() < LENGTH_BYTES) {
      throw Errors.bad(
          file.path(), "Too short for a header's length", "expected", 8, "actual", file.size());
    }
    long length = file.read(0, LENGTH_BYTES).getLong();
    String unsigned = Long.toUnsignedString(length);
    if (Long.compareUnsigned(length, LONGEST) > 0) {
      throw Errors.bad(
          file.path(), "The header is too long", "length", unsigned, "allowed", LONGEST);
    }
    if (length > file.size() - LENGTH_BYTES) {
      throw Errors.bad(
          file.path(),
          "The file ends inside its header",
          "expected",
          LENGTH_BYTES + length,
          "actual",
          file.size());
    }
    return length;
  }

  private static HeaderParser.Contents parse(RegularFile file, long length) throws IOException {
    try {
      return HeaderParser.parse(file.path(), file.stream(LENGTH_BYTES, length));
    } catch (JsonProcessingException e) {
      throw StrictJson.fault(file.path(), "header", e);
    } catch (CharacterCodingException e) {
      throw Errors.bad(file.path(), "The header is not valid UTF-8");
    }
  }

  /** {@return how many tensors the file holds} */
  public int tensorCount() {
    return tensors.size();
  }

  /** {@return the bytes of tensor data in the file} */
  public long dataBytes() {
    return stamp.size() - dataStart;
  }

  /** {@return the header's {@code __metadata__}, empty if it has none} */
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  /** {@return the tensors' names, in the header's order} */
  public List<String> names() {
    return tensors.stream().map(HeaderTensor::name).toList();
  }

  /**
   * The file as a shard, its tensors sorted by name.
   *
   * @return the shard
   * @throws TenonException if a tensor without elements has a size past 2^63 − 1, which the format
   *     allows and no library can hold
   */
  public Shard toShard() {
    return shard(tensors);
  }

  /** {@return the file as a shard of those of its tensors that have bytes} */
  Shard nonEmpty() {
    return shard(tensors.stream().filter(tensor -> tensor.begin() < tensor.end()).toList());
  }

  private Shard shard(List<HeaderTensor> chosen) {
    List<TensorEntry> entries = new ArrayList<>(chosen.size());
    for (HeaderTensor tensor : chosen) {
      entries.add(tensor.inFile(file, dataStart));
    }
    entries.sort((one, other) -> one.name().compareTo(other.name()));
    return new Shard(file, stamp, entries, metadata);
  }
}
