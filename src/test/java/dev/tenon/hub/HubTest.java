package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a hub that behaves gives, and what of it is asked for. */
class HubTest extends HubFixture {

  @Test
  void aModelIsWhereThePythonClientWouldPutIt() throws IOException {
    Path snapshot = hub().download("org/name");

    Path folder = root.resolve("models--org--name");
    assertThat(snapshot).isEqualTo(folder.resolve("snapshots").resolve(server.commit()));
    assertHolds(snapshot, "config.json", "generation_config.json", "model.safetensors");
    assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs", server.file("model.safetensors").hash()));
    assertThat(folder.resolve("refs/main")).hasContent(server.commit());
    assertThat(folder.resolve(".no_exist").resolve(server.commit()).resolve("skeleton.json"))
        .isEmptyFile();
    assertThat(root.resolve(".locks/models--org--name"))
        .isDirectoryContaining("glob:**/" + server.file("config.json").hash() + ".lock");
    assertThat(root.resolve("CACHEDIR.TAG")).content().startsWith("Signature: 8a477f597d28d1727");
    assertThat(names(folder.resolve("blobs"))).hasSize(3).noneMatch(it -> it.contains("."));
    assertThat(HubCache.at(root).require(ModelName.parse("org/name"))).isEqualTo(snapshot);
  }

  @Test
  void onlyWhatALoadNeedsIsAskedFor() {
    server.file("pytorch_model.bin", bytes(5000, 3), true).json("README.md", "{}");

    hub().download("org/name");

    assertThat(server.asked()).noneMatch(it -> it.contains("bin") || it.contains("README"));
    assertThat(server.asked().stream().filter(it -> it.startsWith("GET /org"))).hasSize(3);
  }

  @Test
  void aDescriptionComesWithoutWeights() throws IOException {
    Path snapshot = hub().downloadConfig(ModelName.parse("org/name"));

    assertThat(names(snapshot)).containsExactly("config.json");
  }

  @Test
  void shardsAreThoseTheIndexLists() throws IOException {
    shards();
    server.file("model-00003-of-00003.safetensors", bytes(100, 9), true);

    Path snapshot = hub().download("org/name");

    assertHolds(
        snapshot,
        "config.json",
        "generation_config.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "model.safetensors.index.json");
  }

  @Test
  void aVariantIsPartOfTheName() throws IOException {
    server.file("model.fp16.safetensors", bytes(1000, 4), true);

    Path snapshot = hub().download(ModelName.parse("org/name"), "fp16");

    assertHolds(snapshot, "config.json", "generation_config.json", "model.fp16.safetensors");
  }

  @Test
  void picklesComeWhereThereIsNothingElse() throws IOException {
    server.remove("model.safetensors");
    server.file("pytorch_model.bin", bytes(1000, 4), true);

    assertHolds(
        hub().download("org/name"), "config.json", "generation_config.json", "pytorch_model.bin");
  }

  @Test
  void whatIsThereIsNotBroughtAgain() {
    hub().download("org/name");
    int before = server.asked().size();
    hub().download("org/name");

    assertThat(server.asked().subList(before, server.asked().size()))
        .isNotEmpty()
        .allMatch(it -> it.startsWith("HEAD") || it.startsWith("GET /api/"));
  }

  @Test
  void ofACommitThatIsThereNobodyIsAsked() {
    Path snapshot = hub().download("org/name");
    int before = server.asked().size();

    assertThat(hub().download("org/name@" + server.commit())).isEqualTo(snapshot);
    assertThat(server.asked()).hasSize(before);
  }

  @Test
  void aCommitIsAskedForWhereSomethingMayBeMissing() throws IOException {
    Path snapshot = hub().download("org/name");
    Files.delete(snapshot.resolve("generation_config.json"));

    hub().download("org/name@" + server.commit());

    assertHolds(snapshot, "config.json", "generation_config.json", "model.safetensors");
  }

  @Test
  void aNewCommitSharesTheBlobsThatAreTheSame() throws IOException {
    Path old = hub().download("org/name");
    server.commit("2".repeat(40));
    server.json("config.json", "{\"new\": true}");
    int before = server.asked().size();

    Path fresh = hub().download("org/name");

    assertThat(fresh).isNotEqualTo(old);
    assertThat(old).exists();
    assertHolds(fresh, "config.json", "generation_config.json", "model.safetensors");
    assertThat(server.asked().subList(before, server.asked().size()))
        .filteredOn(it -> it.startsWith("GET /org/"))
        .singleElement()
        .asString()
        .endsWith("config.json");
  }

  @Test
  void aBlobThatIsTooShortIsBroughtAgain() throws IOException {
    Path snapshot = hub().download("org/name");
    Path blob = snapshot.resolve("model.safetensors").toRealPath();
    Files.write(blob, new byte[10]);

    assertHolds(
        hub().download("org/name"), "config.json", "generation_config.json", "model.safetensors");
  }

  @Test
  void whereThereAreNoLinksFilesAreCopied() throws IOException {
    Environment environment =
        EnvironmentTest.of("HF_HUB_DISABLE_SYMLINKS=1 HF_ENDPOINT=" + server.endpoint());
    Path snapshot = Hub.builder(environment).cache(HubCache.at(root)).build().download("org/name");

    assertHolds(snapshot, "config.json", "generation_config.json", "model.safetensors");
    assertThat(snapshot.resolve("config.json")).isRegularFile();
    assertThat(Files.isSymbolicLink(snapshot.resolve("config.json"))).isFalse();
  }

  @Test
  void progressEndsWithAllBytes() {
    List<String> told = new ArrayList<>();
    hub(new HubListener() {
          @Override
          public void progress(long done, long total) {
            told.add(done + "/" + total);
          }
        })
        .download("org/name");

    long all = server.files().values().stream().mapToLong(it -> it.bytes().length).sum();
    assertThat(told.get(told.size() - 1)).isEqualTo(all + "/" + all);
  }

  @Test
  void theTokenIsForTheHubAlone() {
    builder().token("hf_secret").build().download("org/name");

    assertThat(server.requests())
        .allMatch(
            it ->
                it.header("Authorization").equals("Bearer hf_secret")
                    == it.header("Host").startsWith("127.0.0.1"))
        .anyMatch(it -> it.header("Host").startsWith("localhost"));
  }

  @Test
  void aTokenIsNotShown() {
    assertThat(builder().token("hf_secret").build().toString()).doesNotContain("secret");
    assertThatThrownBy(() -> builder().token("hf_se\ncret").build())
        .isInstanceOf(TenonException.class)
        .hasMessage("The token holds what no token can: set HF_TOKEN anew");
  }

  @Test
  void offlineTheCacheServesOrItIsAnError() {
    assertThatThrownBy(() -> builder().offline(true).build().download("org/name"))
        .hasMessage("The network is not to be used: model=org/name, HF_HUB_OFFLINE=1");
    Path snapshot = hub().download("org/name");
    int before = server.asked().size();

    assertThat(builder().offline(true).build().download("org/name")).isEqualTo(snapshot);
    assertThat(server.asked()).hasSize(before);
  }
}
