package dev.tenon.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that go by a weight file's name and are something else. */
class FileKindTest {
  @TempDir private Path directory;

  private void check(String name, byte[] content, String reason) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    assertThatThrownBy(() -> Checkpoint.open(file, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '<!DOCTYPE html><html></html>'      | an HTML page
          '  <html>'                          | an HTML page
          'GGUF0000000000000000'              | a GGUF file
          'PK\u0003\u000400000000000'         | a zip archive
          '\u001f\u008b\u00080000000000'      | gzip-compressed
          '\u0080\u0002}q\u0000.'             | a bare pickle
          '\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019..' | a torch file in the format before 1.6
          '{"weight_map": {}}'                | a JSON document
          ''                                  | empty
          """)
  void isNamedForWhatItIs(String content, String what) throws IOException {
    check(
        "model.safetensors",
        content.translateEscapes().getBytes(StandardCharsets.ISO_8859_1),
        "Not a safetensors file but " + what);
  }

  @Test
  void pointersComeWithTheRemedy() throws IOException {
    byte[] pointer =
        """
        version https://git-lfs.github.com/spec/v1
        oid sha256:4665a5ea423c2713d436b5ee50593a9640e0018c1550b5a0002f74190d6caea8
        size 5000000000
        """
            .getBytes(StandardCharsets.UTF_8);
    check("model.safetensors", pointer, "run: git lfs pull");
    check("pytorch_model.bin", pointer, "run: git lfs pull");
    check("model.safetensors.index.json", pointer, "run: git lfs pull");
  }

  @Test
  void ggufUnderAnotherNameIsSeen() throws IOException {
    byte[] gguf = "GGUF\3\0\0\0\1\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    for (String name : new String[] {"model.safetensors", "pytorch_model.bin"}) {
      check(name, gguf, "; give it a name that ends in .gguf");
    }
  }

  @Test
  void safetensorsUnderTorchsNameIsSeen() throws IOException {
    Path file = SafetensorsFile.write(directory.resolve("a"), "w");
    check("pytorch_model.bin", Files.readAllBytes(file), "but a safetensors file");
  }
}
