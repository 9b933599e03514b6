package dev.tenon.checkpoint.format;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a file that failed to parse really is, told from its first bytes. */
public enum FileKind {
  EMPTY("empty", "the download may have failed"),
  LFS_POINTER("a git-LFS pointer, not the file it points to", "run: git lfs pull"),
  HTML("an HTML page, as a failed download leaves", "download the file again"),
  ZIP("a zip archive, as torch.save writes under the name pytorch_model.bin", null),
  GGUF("a GGUF file", "give it a name that ends in .gguf"),
  GZIP("gzip-compressed", "decompress it first"),
  ZSTD("zstd-compressed", "decompress it first"),
  TAR("a tar archive, as torch before 0.1.10 wrote, which Tenon does not read", null),
  TORCH_STREAM("a torch file in the format before 1.6", "give it a name that ends in .bin"),
  PICKLE("a bare pickle, which torch.save does not write", null),
  HDF5("an HDF5 file, which Tenon does not read", null),
  NUMPY("a NumPy array, which Tenon does not read", null),
  SAFETENSORS("a safetensors file", "give it a name that ends in .safetensors"),
  JSON("a JSON document", null),
  UNKNOWN("unknown", null);

  private static final int PROBE = 512;

  /** The instruction for torch's magic number; the protocol, and what it wants, stand before it. */
  private static final String TORCH_MAGIC = "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";

  private final String what;
  private final @Nullable String remedy;

  FileKind(String what, @Nullable String remedy) {
    this.what = what;
    this.remedy = remedy;
  }

  /** The kind of a regular file; symbolic links are followed. */
  public static FileKind of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(PROBE));
    } catch (IOException e) {
      throw Errors.io(file, e);
    }
  }

  /** The kind of a file that starts with these bytes, of which 512 are enough. */
  static FileKind of(byte[] bytes) {
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    if (head.isEmpty()) {
      return EMPTY;
    }
    if (head.length() > 8 && head.charAt(8) == '{') {
      return SAFETENSORS;
    }
    if (head.startsWith("version https://git-lfs")) {
      return LFS_POINTER;
    }
    if (head.startsWith("PK\3\4") || head.startsWith("PK\5\6")) {
      return ZIP;
    }
    if (head.startsWith("GGUF")) {
      return GGUF;
    }
    if (head.startsWith("\u001f\u008b\b")) {
      return GZIP;
    }
    if (head.startsWith("(\u00b5/\u00fd")) {
      return ZSTD;
    }
    if (head.startsWith("\u0089HDF\r\n")) {
      return HDF5;
    }
    if (head.startsWith("\u0093NUMPY")) {
      return NUMPY;
    }
    if (head.length() > 262 && head.startsWith("ustar", 257)) {
      return TAR;
    }
    // A header's length can start like a pickle, but ends in zeros.
    if (head.startsWith("\u0080")
        && head.length() > 1
        && head.charAt(1) <= 5
        && !head.startsWith("\0\0\0\0", 4)) {
      int magic = head.indexOf(TORCH_MAGIC);
      return magic > 0 && magic < TORCH_MAGIC.length() ? TORCH_STREAM : PICKLE;
    }
    return ofText(head.stripLeading().toLowerCase(Locale.ROOT));
  }

  private static FileKind ofText(String text) {
    if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<?xml")) {
      return HTML;
    }
    return text.startsWith("{") ? JSON : UNKNOWN;
  }

  /** Whether {@code torch.save} writes files of this kind. */
  public boolean isTorch() {
    return this == ZIP || this == TORCH_STREAM;
  }

  /** Whether the bytes told anything. */
  public boolean isKnown() {
    return this != UNKNOWN;
  }

  /** The error for a file of this kind where {@code expected} was to be. */
  public TenonException insteadOf(String expected, Path file) {
    String message = "Not " + expected + " but " + what + ": file=" + file;
    return new TenonException(remedy == null ? message : message + "; " + remedy);
  }
}
