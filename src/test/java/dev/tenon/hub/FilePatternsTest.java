package dev.tenon.hub;

import static dev.tenon.hub.LoopbackServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are chosen by name, and a tokenizer's, whose names are not fixed. */
class FilePatternsTest extends HubFixture {
  private static final ModelName NAME = ModelName.parse("org/name");

  @BeforeEach
  void more() {
    server
        .json("tokenizer.json", "{\"t\": 1}")
        .json("tokenizer_config.json", "{}")
        .json("special_tokens_map.json", "{ }")
        .file("vocab.bpe", bytes(300, 5), false)
        .file("merges.txt", bytes(200, 6), false)
        .file("spiece.model", bytes(7000, 7), true)
        .json("README.md", "# A model")
        .file("onnx/model.onnx", bytes(5000, 8), true)
        .json("onnx/tokenizer.json", "{\"t\": 2}");
  }

  @Test
  void aTokenizerComesWithTheModel() throws IOException {
    assertHolds(
        hub().download("org/name"),
        "config.json",
        "generation_config.json",
        "merges.txt",
        "model.safetensors",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.bpe");
  }

  @Test
  void ofACommitWhoseTokenizerIsThereNobodyIsAsked() throws IOException {
    Path snapshot = hub().download("org/name");
    int before = server.asked().size();
    String commit = "org/name@" + server.commit();

    assertThat(hub().download(commit)).isEqualTo(snapshot);
    assertThat(server.asked()).hasSize(before);

    Files.delete(snapshot.resolve("vocab.bpe"));
    hub().download(commit);
    assertThat(snapshot.resolve("vocab.bpe")).exists();
  }

  @Test
  void aNoteThatLiesIsNotBelieved() throws IOException {
    Path snapshot = hub().download("org/name");
    Files.writeString(
        root.resolve("models--org--name/.tokenizer").resolve(server.commit()), "../../../config\n");
    int before = server.asked().size();

    assertThat(hub().download("org/name@" + server.commit())).isEqualTo(snapshot);
    assertThat(server.asked().size()).isGreaterThan(before);
  }

  @Test
  void whereTheHubListsNothingATokenizerIsLookedForByItsUsualNames() throws IOException {
    server.fault(
        1, "GET", "/revision/" + server.commit(), (request, out) -> head(out, 404, "X-None: 0"));
    List<String> warnings = new ArrayList<>();

    Path snapshot =
        hub(new HubListener() {
              @Override
              public void warn(String message) {
                warnings.add(message);
              }
            })
            .download("org/name");

    assertThat(names(snapshot))
        .contains("tokenizer.json", "merges.txt", "spiece.model")
        .doesNotContain("vocab.bpe");
    assertThat(warnings)
        .containsExactly(
            "The hub lists no files, so a tokenizer's are looked for by their usual names:"
                + " model=org/name");
  }

  @Test
  void whatIsIncludedComesInPlaceOfWhatALoadNeeds() throws IOException {
    Path snapshot = download(List.of("*.json", "READ??.md"), List.of("tokenizer*", "special*"));

    assertThat(names(snapshot))
        .containsExactly("README.md", "config.json", "generation_config.json", "onnx");
    assertThat(names(snapshot.resolve("onnx"))).containsExactly("tokenizer.json");
    assertThat(snapshot.resolve("onnx/tokenizer.json")).hasContent("{\"t\": 2}");
    assertThat(Files.readSymbolicLink(snapshot.resolve("onnx/tokenizer.json")))
        .isEqualTo(Path.of("../../../blobs", server.file("onnx/tokenizer.json").hash()));
  }

  @Test
  void whatIsExcludedIsLeftOut() throws IOException {
    server.file("pytorch_model.bin", bytes(900, 3), true);

    Path snapshot = download(List.of(), List.of("*.safetensors*", "tokenizer*", "vocab*", "gen*"));

    assertThat(names(snapshot))
        .containsExactly(
            "config.json",
            "merges.txt",
            "pytorch_model.bin",
            "special_tokens_map.json",
            "spiece.model");
    assertThat(server.asked()).noneMatch(it -> it.contains("safetensors"));
  }

  @Test
  void aModelInAFileIsThatFileOrAllItsParts() throws IOException {
    server.file("a-00001-of-00002.gguf", bytes(90, 1), true);
    server.file("a-00002-of-00002.gguf", bytes(90, 2), true);
    server.file("b.gguf", bytes(90, 3), true);

    Path snapshot = hub().download(ModelName.parse("org/name:a-00001-of-00002.gguf"));
    assertThat(names(snapshot)).containsExactly("a-00001-of-00002.gguf", "a-00002-of-00002.gguf");

    snapshot = hub().download(ModelName.parse("org/name:b.gguf"));
    assertThat(names(snapshot)).contains("b.gguf");
  }

  @Test
  void aShardMayBeExcluded() throws IOException {
    shards();

    Path snapshot = download(List.of(), List.of("*-00002-of-*"));

    assertThat(names(snapshot))
        .contains("model-00001-of-00002.safetensors")
        .doesNotContain("model-00002-of-00002.safetensors");
  }

  @Test
  void whereNothingMatchesThatIsTheError() {
    assertThatThrownBy(() -> download(List.of("*.gguf", "x"), List.of("y")))
        .isInstanceOf(TenonException.class)
        .hasMessage(
            "No file of the model matches: model=org/name, include=*.gguf | x, exclude=y, files=12");
  }

  @Test
  void toIncludeNeedsAList() {
    for (String answer :
        new String[] {"<html>", "{}", "{\"siblings\": null}", "{\"siblings\": [1"}) {
      answer(answer);
      assertThatThrownBy(() -> download(List.of("*.json"), List.of()))
          .isInstanceOf(TenonException.class)
          .hasMessage(
              "The hub lists no files, or too many, which to include some needs: model=org/name,"
                  + " include=*.json, exclude=");
    }
  }

  @Test
  void aListWithoutEndIsNotRead() {
    server.fault(
        1,
        "GET",
        "/revision/" + server.commit(),
        (request, out) -> {
          head(out, 200);
          out.write("{\"siblings\": [".getBytes(StandardCharsets.UTF_8));
          while (true) {
            out.write("{\"rfilename\": \"a\"}, ".repeat(5000).getBytes(StandardCharsets.UTF_8));
          }
        });

    assertThatThrownBy(() -> download(List.of("*"), List.of()))
        .hasMessageStartingWith("The hub lists no files, or too many");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "/tmp/evil",
        "a/../../evil",
        "a//evil",
        "./evil",
        "evil/",
        "a\\\\evil",
        "",
        "evil\\u0000",
        "evil\\n"
      })
  void noListedPathLeadsOutOfTheSnapshot(String path) throws IOException {
    answer("{\"siblings\": [{\"rfilename\": \"%s\"}]}".formatted(path));

    assertThatThrownBy(() -> download(List.of("*"), List.of()))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("A path in the model is none to make a file of: model=org/name")
        .hasMessageEndingWith("; exclude it");
    assertThat(names(root.getParent())).noneMatch(it -> it.contains("evil"));
    assertThat(root.resolve("models--org--name/refs")).doesNotExist();
  }

  @Test
  void norDoesADirectoryThatIsALink() throws IOException {
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    Path snapshot = root.resolve("models--org--name/snapshots").resolve(server.commit());
    Files.createDirectories(snapshot);
    Files.createSymbolicLink(snapshot.resolve("onnx"), elsewhere);

    assertThatThrownBy(() -> download(List.of("onnx/"), List.of()))
        .hasMessage(
            "A directory of the snapshot leads out of it: directory=" + snapshot.resolve("onnx"));
    assertThat(names(elsewhere)).isEmpty();
  }

  @Test
  void aListedFileThatIsNotThereIsAnError() {
    answer("{\"siblings\": [{\"rfilename\": \"ghost.json\"}]}");

    assertThatThrownBy(() -> download(List.of("*"), List.of()))
        .hasMessage("The hub lists a file that it has not: model=org/name, file=ghost.json");
  }

  @Test
  void offlineTheCacheServesWhereThereIsAFileForEachPattern() throws IOException {
    Path snapshot = download(List.of("*.md", "onnx/"), List.of());
    List<String> warnings = new ArrayList<>();
    Hub offline =
        builder()
            .offline(true)
            .listener(
                new HubListener() {
                  @Override
                  public void warn(String message) {
                    warnings.add(message);
                  }
                })
            .build();

    assertThat(offline.download(NAME, null, new FilePatterns(List.of("onnx/*"), List.of())))
        .isEqualTo(snapshot);
    assertThat(warnings).singleElement().asString().contains("which alone knows all files that");
    assertThatThrownBy(
            () -> offline.download(NAME, null, new FilePatterns(List.of("*.json"), List.of("o*"))))
        .hasMessageStartingWith("The network is not to be used");
  }

  private void answer(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    server.fault(
        1,
        "GET",
        "/revision/" + server.commit(),
        (request, out) -> {
          head(out, 200, "Content-Length: " + bytes.length);
          out.write(bytes);
        });
  }

  private Path download(List<String> include, List<String> exclude) {
    return hub().download(NAME, null, new FilePatterns(include, exclude));
  }
}
