package dev.tenon.hub;

import static dev.tenon.hub.LoopbackServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in a folder of a repository, beside one at its top and one in another folder. */
class SubfolderTest extends HubFixture {
  private static final ModelName NAME = ModelName.parse("org/name");
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-some-missing");

  @BeforeEach
  void folders() throws IOException {
    server
        .json("tokenizer.json", "{\"t\": 1}")
        .json("model_index.json", "{}")
        .file("text/config.json", Files.readAllBytes(CHECKPOINT.resolve("config.json")), false)
        .file(
            "text/model.safetensors",
            Files.readAllBytes(CHECKPOINT.resolve("model.safetensors")),
            true)
        .json("text/tokenizer.json", "{\"t\": 2}")
        .json("text/more/tokenizer.json", "{\"t\": 3}")
        .json("unet/config.json", "{}")
        .file("unet/diffusion_pytorch_model.safetensors", bytes(900, 4), true)
        .file("unet/diffusion_pytorch_model.fp16.safetensors", bytes(500, 5), true);
  }

  @Test
  void aFolderComesWithWhatALoadNeedsOfItAndNothingElse() throws IOException {
    Path snapshot = download("text");

    assertThat(names(snapshot)).containsExactly("text");
    assertThat(names(snapshot.resolve("text")))
        .containsExactly("config.json", "model.safetensors", "tokenizer.json");
    assertHolds(snapshot, "text/tokenizer.json");
    assertThat(server.asked())
        .allMatch(it -> it.contains("/text/") || it.contains("/bytes/") || it.contains("/api/"))
        .noneMatch(it -> it.contains("more"));
    assertThat(HubCache.at(root).require(NAME)).isEqualTo(snapshot);
  }

  @Test
  void aSlashAtItsEndIsDropped() throws IOException {
    assertThat(names(download("unet/").resolve("unet")))
        .containsExactly("config.json", "diffusion_pytorch_model.safetensors");
    assertThat(server.asked()).noneMatch(it -> it.contains("unet//"));
  }

  @Test
  void aFolderOfAFolderIsOneToo() throws IOException {
    server.json("a/b c/config.json", "{}").file("a/b c/model.safetensors", bytes(9, 1), true);

    assertHolds(download("a/b c"), "a/b c/config.json", "a/b c/model.safetensors");
  }

  @Test
  void aVariantIsOfTheFoldersFiles() throws IOException {
    Path snapshot = hub().download(NAME, "fp16", "unet", FilePatterns.NONE);

    assertThat(names(snapshot.resolve("unet")))
        .containsExactly("config.json", "diffusion_pytorch_model.fp16.safetensors");
  }

  @Test
  void shardsLieBesideTheirIndex() throws IOException {
    shards();
    for (String name : List.copyOf(server.files().keySet())) {
      if (name.startsWith("model")) {
        HubServer.Stored file = server.file(name);
        server.file("big/" + name, file.bytes(), file.large());
      }
    }
    String index = "model.safetensors.index.json";
    String[] all = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", index};

    Path snapshot = download("big");
    assertThat(names(snapshot)).containsExactly("big");
    assertThat(names(snapshot.resolve("big"))).contains(all);
    int before = server.asked().size();
    assertThat(hub().download(commit(), null, "big", FilePatterns.NONE)).isEqualTo(snapshot);
    assertThat(server.asked()).hasSize(before);

    Files.delete(snapshot.resolve("big").resolve(all[1]));
    assertThatThrownBy(() -> offline("big")).hasMessageStartingWith("The network is not to be");
    hub().download(commit(), null, "big", FilePatterns.NONE);
    assertHolds(snapshot, "big/" + all[1]);
  }

  @Test
  void whatIsThereIsNotBroughtAgain() {
    Path snapshot = download("text");
    int before = server.asked().size();

    assertThat(download("text")).isEqualTo(snapshot);
    assertThat(server.asked().subList(before, server.asked().size()))
        .isNotEmpty()
        .allMatch(it -> it.startsWith("HEAD") || it.startsWith("GET /api/"));
  }

  @Test
  void ofACommitEachFolderIsCompleteByItself() throws IOException {
    for (String folder : new String[] {"text", "unet", null}) {
      int before = server.asked().size();
      hub().download(commit(), null, folder, FilePatterns.NONE);
      int after = server.asked().size();
      assertThat(after).isGreaterThan(before);
      hub().download(commit(), null, folder, FilePatterns.NONE);
      assertThat(server.asked()).hasSize(after);
    }
    Path snapshot = HubCache.at(root).require(commit());
    Files.delete(snapshot.resolve("text/tokenizer.json"));
    hub().download(commit());
    assertThat(snapshot.resolve("text/tokenizer.json")).doesNotExist();
    hub().download(commit(), null, "text", FilePatterns.NONE);
    assertThat(snapshot.resolve("text/tokenizer.json")).hasContent("{\"t\": 2}");
  }

  @Test
  void offlineAFolderIsThereByItself() {
    Path snapshot = download("text");
    int before = server.asked().size();

    assertThat(offline("text")).isEqualTo(snapshot);
    assertThatThrownBy(() -> offline("unet")).hasMessageStartingWith("The network is not to be");
    assertThatThrownBy(() -> offline(null)).hasMessageStartingWith("The network is not to be");
    LoadOptions options = LoadOptions.builder().subfolder("text").build();
    try (Model model = Tenon.load(snapshot, options)) {
      assertThat(model.report().slots()).isNotEmpty();
    }
    assertThat(server.asked()).hasSize(before);
    assertThatThrownBy(
            () -> Tenon.load(snapshot, options.toBuilder().subfolder("unet").build()).close())
        .hasMessageStartingWith("No such subfolder: directory=" + snapshot)
        .hasMessageContaining("found=text; org/name@" + server.commit() + " --subfolder unet with");
  }

  @Test
  void aLoadByNameBringsItsFolder() {
    LoadOptions options = LoadOptions.builder().subfolder("text").hub(hub()).build();
    try (Model model = Tenon.load("org/name", options)) {
      assertThat(model.report().slots()).isNotEmpty();
    }
    assertThat(server.asked()).noneMatch(it -> it.contains("unet"));
  }

  @Test
  void theFolderOfAnAdapterIsNotItsBases() throws IOException {
    Path adapter = Files.createDirectories(root.resolve("here/lora"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"org/name\"}");
    Files.write(adapter.resolve("adapter_model.safetensors"), bytes(9, 1));
    LoadOptions options =
        LoadOptions.builder().subfolder("lora").adapter(adapter).hub(hub()).build();

    assertThatThrownBy(() -> Tenon.load(root.resolve("here"), options).close())
        .isInstanceOf(TenonException.class);
    assertThat(server.asked()).noneMatch(it -> it.contains("lora"));
    assertThat(HubCache.at(root).require(NAME).resolve("model.safetensors")).exists();
  }

  @Test
  void aConfigComesWithoutWeights() throws IOException {
    assertThat(names(hub().downloadConfig(NAME, "text").resolve("text")))
        .containsExactly("config.json");
    assertThatThrownBy(() -> hub().downloadConfig(NAME, "more"))
        .hasMessage("The model has no config.json: model=org/name, subfolder=more");
  }

  @Test
  void whatIsExcludedIsNamedFromTheTop() throws IOException {
    FilePatterns patterns = new FilePatterns(List.of(), List.of("text/tok*", "model.*"));

    assertThat(names(hub().download(NAME, null, "text", patterns).resolve("text")))
        .containsExactly("config.json", "model.safetensors");
  }

  @Test
  void whereTheHubListsNothingATokenizerIsLookedForInTheFolder() throws IOException {
    server.fault(
        1, "GET", "/revision/" + server.commit(), (request, out) -> head(out, 404, "X-None: 0"));

    assertThat(names(download("text").resolve("text"))).contains("tokenizer.json");
    int before = server.asked().size();
    hub().download(commit(), null, "text", FilePatterns.NONE);
    assertThat(server.asked()).hasSize(before);
  }

  @Test
  void aFolderThatIsNotThereHasNoWeights() {
    assertThatThrownBy(() -> download("vae"))
        .hasMessageStartingWith(
            "The model has no weights that a load could use: model=org/name, looked"
                + " for=vae/model.safetensors | vae/");
    assertThat(root.resolve("models--org--name/refs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", ".", "..", "../x", "/tmp", "a/../b", "a//b", "a//", "a\\b", "C:", "a\nb"})
  void aNameThatCouldLeadElsewhereIsRefusedBeforeAnyRequest(String folder) throws IOException {
    for (Hub hub : List.of(hub(), builder().offline(true).build())) {
      assertThatThrownBy(() -> hub.download(NAME, null, folder, FilePatterns.NONE))
          .isInstanceOf(TenonException.class)
          .hasMessageStartingWith("A subfolder");
      assertThatThrownBy(() -> hub.downloadConfig(NAME, folder))
          .isInstanceOf(TenonException.class)
          .hasMessageStartingWith("A subfolder");
    }
    assertThat(server.asked()).isEmpty();
    assertThat(names(root)).isEmpty();
  }

  @Test
  void aNameTooLongForADirectoryIsRefusedToo() {
    assertThatThrownBy(() -> download("x".repeat(256)))
        .hasMessageStartingWith("A subfolder's name is none to make a directory of: subfolder=xxx");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void whatIsIncludedIsOfNoFolder() {
    FilePatterns patterns = new FilePatterns(List.of("*.json"), List.of());

    assertThatThrownBy(() -> hub().download(NAME, null, "text", patterns))
        .hasMessage(
            "What is to be included is named from the top of the repository, without a subfolder:"
                + " subfolder=text, include=*.json, exclude=");
    assertThat(server.asked()).isEmpty();
  }

  private ModelName commit() {
    return ModelName.parse("org/name@" + server.commit());
  }

  private Path download(String folder) {
    return hub().download(NAME, null, folder, FilePatterns.NONE);
  }

  private Path offline(String folder) {
    return builder().offline(true).build().download(NAME, null, folder, FilePatterns.NONE);
  }

  /** That files are there with the bytes the server has. */
  @Override
  public void assertHolds(Path snapshot, String... names) throws IOException {
    for (String name : names) {
      assertThat(Files.readAllBytes(snapshot.resolve(name)))
          .as(name)
          .isEqualTo(server.file(name).bytes());
    }
  }
}
