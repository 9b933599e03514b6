package dev.tenon.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
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

/** Names through the door and the command line, with a real checkpoint on the hub. */
class HubCliTest extends HubFixture {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-some-missing");

  private record Run(int status, String out, String err) {}

  @BeforeEach
  void checkpoint() throws IOException {
    server.remove("generation_config.json");
    server
        .file("config.json", Files.readAllBytes(CHECKPOINT.resolve("config.json")), false)
        .file(
            "model.safetensors", Files.readAllBytes(CHECKPOINT.resolve("model.safetensors")), true);
  }

  @Test
  void aModelIsLoadedByName() {
    LoadOptions options = LoadOptions.builder().hub(hub()).build();
    try (Model model = Tenon.load("org/name", options)) {
      assertThat(model.report().slots()).isNotEmpty();
    }
    assertThat(Tenon.locate("org/name", hub()::download))
        .isEqualTo(HubCache.at(root).require(ModelName.parse("org/name")));
  }

  @Test
  void aModelIsDownloadedOnceAndFoundThen() throws Exception {
    Run before = run("plan", "org/name");
    assertThat(before.status).isEqualTo(1);
    assertThat(before.err).contains("tenon download fetches it").hasLineCount(1);
    assertThat(server.asked()).isEmpty();

    Run download = run("download", "org/name");
    assertThat(download.err).isEmpty();
    assertThat(download.status).isZero();
    assertThat(Path.of(download.out.strip())).isDirectory();
    int asked = server.asked().size();
    assertThat(run("plan", "org/name").status).isZero();
    assertThat(server.asked()).hasSize(asked);

    assertThat(run("download", "org/name@main", "--json").out)
        .startsWith("{\"model\":\"org/name\",\"revision\":\"main\",\"commit\":\"1111")
        .contains("{\"name\":\"model.safetensors\",\"bytes\":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "plan", "inspect", "verify"})
  void commandsDownloadWhereTheyAreToldTo(String command) throws Exception {
    Run run = run(command, "org/name", "--download");

    assertThat(run.err).isEmpty();
    assertThat(run.status).isZero();
    assertThat(server.asked()).anyMatch(it -> it.startsWith("GET /bytes/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"skeleton", "init"})
  void aConfigComesWithoutTheWeights(String command) throws Exception {
    Run run = run(command, "org/name", "--download");

    assertThat(run.err).isEmpty();
    assertThat(run.status).isZero();
    assertThat(server.asked()).noneMatch(it -> it.contains("safetensors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors"})
  void whatTheCacheLostComesAgainWithDownload(String name) throws Exception {
    Files.delete(hub().download("org/name").resolve(name).toRealPath());

    Run lost = run("plan", "org/name");
    assertThat(lost.status).isEqualTo(1);
    assertThat(lost.err)
        .hasLineCount(1)
        .contains("/" + name + ", link to=../../blobs/")
        .contains("; org/name@" + server.commit() + " with --download brings it again");
    assertThat(run("plan", "org/name", "--download").status).isZero();
  }

  @Test
  void whatTheCacheLostIsNotPassedOver() throws Exception {
    server.json("skeleton.json", "{}");
    Files.delete(hub().download("org/name").resolve("skeleton.json").toRealPath());

    assertThatThrownBy(
            () ->
                Tenon.plan(
                    HubCache.at(root).require(ModelName.parse("org/name")), LoadOptions.defaults()))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("No such skeleton file: file=")
        .hasMessageEndingWith(" with --download brings it again");
  }

  @Test
  void filesAreChosenByPatterns() throws Exception {
    server.json("tokenizer.json", "{}").json("onnx/config.json", "{}").json("README.md", "");

    Run run =
        run("download", "org/name", "--include", "*.json", "--include=*.md", "--exclude", "tok*");
    assertThat(run.err).isEmpty();
    Path snapshot = Path.of(run.out.strip());
    assertThat(names(snapshot)).containsExactly("README.md", "config.json", "onnx");
    assertThat(run("download", "org/name", "--json").out)
        .contains("{\"name\":\"onnx/config.json\",\"bytes\":2}", "\"tokenizer.json\"");
    assertThat(run("download", "org/name", "--config", "--include", "*").status).isEqualTo(2);
  }

  @Test
  void aFolderIsDownloadedAndThenLoadedWithoutAsking() throws Exception {
    for (String name : List.copyOf(server.files().keySet())) {
      HubServer.Stored file = server.file(name);
      server.file("text/" + name, file.bytes(), file.large());
      server.remove(name);
    }

    Run download = run("download", "org/name", "--subfolder", "text");
    assertThat(download.err).isEmpty();
    assertThat(names(Path.of(download.out.strip())))
        .containsExactly("config.json", "model.safetensors");
    assertThat(download.out.strip()).endsWith(server.commit() + "/text");
    int asked = server.asked().size();
    Run load = run("load", "org/name", "--subfolder", "text");
    assertThat(load.err).isEmpty();
    assertThat(load.status).isZero();
    assertThat(server.asked()).hasSize(asked);

    assertThat(run("download", "org/name", "--subfolder", "text/", "--json").out)
        .contains("\"commit\":\"" + server.commit() + "\"", "/text\",\"files\":[{\"name\":\"conf");
    assertThat(run("download", "org/name", "--subfolder", "text", "--include", "*").status)
        .isEqualTo(2);
    Run refused = run("load", "org/name", "--subfolder", "../text", "--download");
    assertThat(refused.err).startsWith("tenon: A subfolder is a plain name").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "skeleton"})
  void aFolderIsBroughtByWhatNeedsIt(String command) throws Exception {
    server.file("text/config.json", server.file("config.json").bytes(), false);
    server.file("text/model.safetensors", server.file("model.safetensors").bytes(), true);

    Run run = run(command, "org/name", "--subfolder=text", "--download");
    assertThat(run.err).isEmpty();
    assertThat(run.status).isZero();
    assertThat(names(HubCache.at(root).require(ModelName.parse("org/name"))))
        .containsExactly("text");
    assertThat(server.asked().stream().anyMatch(it -> it.contains("safetensors")))
        .isEqualTo(command.equals("plan"));
  }

  @Test
  void aRefusalIsOneLine() throws Exception {
    Run run = run("load", "org/other", "--download");

    assertThat(run.status).isEqualTo(1);
    assertThat(run.out).isEmpty();
    assertThat(run.err).startsWith("tenon: The hub has no such model").hasLineCount(1);
  }

  private Run run(String... args) throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tenon.cli.Main"));
    line.addAll(List.of(args));
    Path err = Files.createTempFile(root.resolveSibling(""), "tenon-err", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(line).redirectError(err.toFile());
      builder.environment().keySet().removeIf(it -> it.startsWith("HF_"));
      builder.environment().put("HF_HUB_CACHE", root.toString());
      builder.environment().put("HF_ENDPOINT", server.endpoint());
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }
}
