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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose config names its weights, which then count before those of a usual name. */
class StatedDownloadTest extends HubFixture {
  private static final ModelName NAME = ModelName.parse("org/name");

  @Test
  void theFileTheConfigNamesComesInPlaceOfTheUsualOnes() throws IOException {
    names("weird.safetensors");
    server.file("weird.safetensors", bytes(1000, 3), true);

    Path snapshot = hub().download(NAME, "fp16");

    assertHolds(snapshot, "config.json", "generation_config.json", "weird.safetensors");
    assertThat(server.asked()).noneMatch(it -> it.contains("/model."));
    assertAllIsThere(snapshot, null);
  }

  @Test
  void theShardsOfAnIndexItNamesLieBesideThat() throws IOException {
    names("part/w.safetensors.index.json");
    server
        .json("part/w.safetensors.index.json", "{\"weight_map\": {\"a\": \"w-1.safetensors\"}}")
        .file("part/w-1.safetensors", bytes(1000, 3), true)
        .file("w-1.safetensors", bytes(10, 4), true);

    Path snapshot = hub().download("org/name");

    assertThat(names(snapshot)).containsExactly("config.json", "generation_config.json", "part");
    assertThat(names(snapshot.resolve("part")))
        .containsExactly("w-1.safetensors", "w.safetensors.index.json");
    assertAllIsThere(snapshot, null);
    Files.delete(snapshot.resolve("part/w-1.safetensors"));
    assertThatThrownBy(() -> builder().offline(true).build().download("org/name"))
        .hasMessageStartingWith("The network is not to be used");
  }

  @Test
  void theNameIsOneInTheModelsFolder() throws IOException {
    server
        .json("text/config.json", "{\"transformers_weights\": \"w.safetensors\"}")
        .file("text/w.safetensors", bytes(1000, 3), true)
        .file("w.safetensors", bytes(10, 4), true);

    Path snapshot = hub().download(NAME, null, "text", FilePatterns.NONE);

    assertThat(names(snapshot)).containsExactly("text");
    assertThat(names(snapshot.resolve("text"))).containsExactly("config.json", "w.safetensors");
    assertAllIsThere(snapshot, "text");
  }

  @Test
  void whatItNamesHasToBeThere() {
    names("weird.safetensors");

    assertThatThrownBy(() -> hub().download("org/name"))
        .isInstanceOf(TenonException.class)
        .hasMessage(
            "The model lacks the weights its config names: model=org/name, looked"
                + " for=weird.safetensors");
    assertThat(root.resolve("models--org--name/refs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x.safetensors", "/x.safetensors", "a//x.safetensors", "x.bin", "", "x"})
  void whatWeightsCannotBeIsNotAskedFor(String name) {
    names(name);

    assertThatThrownBy(() -> hub().download("org/name"))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The config names weights ")
        .hasMessageContaining("transformers_weights=");
    assertThat(server.asked()).noneMatch(it -> it.contains("x."));
  }

  @Test
  void aConfigThatIsPutRightComesInPlaceOfOneThatWasNot() throws IOException {
    names("x.bin");
    assertThatThrownBy(() -> hub().download("org/name")).isInstanceOf(TenonException.class);
    server.commit("2".repeat(40));
    server.json("config.json", "{}");

    assertHolds(
        hub().download("org/name"), "config.json", "generation_config.json", "model.safetensors");
  }

  @Test
  void whereItIsExcludedNoWeightsCome() throws IOException {
    names("weird.safetensors");
    FilePatterns patterns = new FilePatterns(List.of(), List.of("weird*"));

    assertHolds(hub().download(NAME, null, patterns), "config.json", "generation_config.json");
  }

  @Test
  void itsBytesAreProgressToo() {
    names("weird.safetensors");
    server.file("weird.safetensors", bytes(100_000, 3), true);
    server.remove("model.safetensors");
    List<String> told = new ArrayList<>();
    hub(new HubListener() {
          @Override
          public void progress(long done, long total) {
            told.add(done + "/" + total);
          }
        })
        .download("org/name");

    long all = server.files().values().stream().mapToLong(it -> it.bytes().length).sum();
    assertThat(told).last().isEqualTo(all + "/" + all);
  }

  private void names(String weights) {
    server.json("config.json", "{\"transformers_weights\": \"%s\"}".formatted(weights));
  }

  /** That nobody is asked for it by its commit, nor without a network. */
  private void assertAllIsThere(Path snapshot, String folder) {
    int before = server.asked().size();
    ModelName commit = ModelName.parse("org/name@" + server.commit());
    Hub offline = builder().offline(true).build();
    assertThat(offline.download(NAME, null, folder, FilePatterns.NONE)).isEqualTo(snapshot);
    assertThat(hub().download(commit, null, folder, FilePatterns.NONE)).isEqualTo(snapshot);
    assertThat(server.asked()).hasSize(before);
  }
}
