package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final Path TIED = SCENARIOS.resolve("gemma2-tied-source-only");
  private static final Path PARTED = SCENARIOS.resolve("gemma2-tied-both-different");
  private static final Path INCOMPLETE = SCENARIOS.resolve("gemma2-some-missing");
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @Test
  void namesAreParametersThenBuffers() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      List<String> all = new ArrayList<>(model.parameters());
      all.addAll(model.buffers());

      assertThat(model.names()).isEqualTo(all);
      assertThat(model.buffers()).contains("model.rotary_emb.inv_freq");
    }
  }

  @Test
  void anUnknownNameIsNamed() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.tensor("lm_head.bias"))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("name=lm_head.bias, class=Gemma2ForCausalLM");
    }
  }

  @Test
  void untyingCopiesAndTyingTakesTheSource() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      int before = model.digests().get(HEAD);

      model.tieWordEmbeddings(false);
      assertThat(model.tieWordEmbeddings()).isFalse();
      assertThat(model.tied()).isEmpty();
      assertThat(model.digests()).containsEntry(HEAD, before).containsEntry(EMBEDDING, before);

      overwrite(model.tensor(HEAD));
      assertThat(model.digests().get(HEAD)).isNotEqualTo(before);
      assertThat(model.digests()).containsEntry(EMBEDDING, before);

      model.tieWordEmbeddings(true);
      assertThat(model.tied()).containsExactly(List.of(EMBEDDING, HEAD));
      assertThat(model.digests()).containsEntry(HEAD, before);
    }
  }

  @Test
  void aPartedPairIsNeverJoined() {
    try (Model model = Tenon.load(PARTED, LoadOptions.defaults())) {
      Map<String, Integer> before = model.digests();
      assertThat(model.tieWordEmbeddings()).isTrue();
      assertThat(model.report().parted()).hasSize(1);
      assertThat(model.report().warnings()).singleElement().asString().contains(HEAD, EMBEDDING);

      model.tieWordEmbeddings(false);
      model.tieWordEmbeddings(true);

      assertThat(model.tied()).isEmpty();
      assertThat(model.digests()).isEqualTo(before);
    }
  }

  @Test
  void strictRefusesAPartedTie() {
    LoadOptions strict = LoadOptions.builder().strict(true).build();

    assertThatThrownBy(() -> Tenon.load(PARTED, strict))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("parted=[lm_head.weight and model.embed_tokens.weight]");
  }

  @Test
  void aModelTheConfigLeavesUntiedCanBeTied() {
    Path untied = SCENARIOS.resolve("gemma2-flag-off-head-missing");
    try (Model model = Tenon.load(untied, LoadOptions.defaults())) {
      assertThat(model.tieWordEmbeddings()).isFalse();
      assertThat(model.report().missing()).containsExactly(HEAD);

      model.tieWordEmbeddings(true);

      assertThat(model.tensor(HEAD)).isSameAs(model.tensor(EMBEDDING));
    }
  }

  @Test
  void tiesHoldInAnotherDType() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.to("cpu", DType.F64);

      assertThat(model.tensor(HEAD)).isSameAs(model.tensor(EMBEDDING));
      assertThat(model.tensor(HEAD).element_size()).isEqualTo(8);
    }
  }

  @Test
  void aUsersInitializerIsHandedMissingSlotsAlone() {
    List<String> asked = new ArrayList<>();
    Initializer recorder =
        (slot, tensor) -> {
          asked.add(slot.name());
          return false;
        };
    LoadOptions options = LoadOptions.builder().initializer(recorder).build();

    try (Model model = Tenon.load(INCOMPLETE, options);
        Model without = Tenon.load(INCOMPLETE, LoadOptions.defaults())) {
      assertThat(asked).containsExactlyInAnyOrderElementsOf(model.report().missing());
      assertThat(model.digests()).isEqualTo(without.digests());
    }
  }

  @Test
  void aChangeIsRefusedWhileInUse() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.using(
          busy ->
              assertThatThrownBy(() -> busy.tieWordEmbeddings(false))
                  .hasMessageContaining("in use: calls=1"));

      assertThat(model.tensor(HEAD)).isSameAs(model.tensor(EMBEDDING));
    }
  }

  @Test
  void metaHasShapesAndNoBytes() {
    try (Model model = Tenon.load(TIED, LoadOptions.meta())) {
      assertThat(model.tensor(HEAD).is_meta()).isTrue();
      assertThat(model.tensor(HEAD).shape()).containsExactly(97, 24);
      assertThat(model.digests()).isEmpty();
    }
  }

  @Test
  void withoutAConfigTheFilesOwnNamesAreTheModel(@TempDir Path dir) throws IOException {
    Files.copy(TIED.resolve("model.safetensors"), dir.resolve("model.safetensors"));

    try (Model model = Tenon.load(dir, LoadOptions.defaults())) {
      assertThat(model.names()).hasSize(35).contains(EMBEDDING);
      assertThat(model.report().warnings()).singleElement().asString().contains("file=" + dir);
      assertThatThrownBy(() -> model.tieWordEmbeddings(true))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("names no class");
      assertThat(model.tieWordEmbeddings()).isFalse();
    }
  }

  @Test
  void manyLoadsAtOnceGiveTheSameModel() {
    Map<String, Integer> alone;
    try (Model model = Tenon.load(INCOMPLETE, LoadOptions.defaults())) {
      alone = model.digests();
    }

    List<Map<String, Integer>> together =
        Stream.generate(() -> INCOMPLETE).limit(16).parallel().map(ModelTest::digests).toList();

    assertThat(together).allSatisfy(digests -> assertThat(digests).isEqualTo(alone));
  }

  private static Map<String, Integer> digests(Path path) {
    try (Model model = Tenon.load(path, LoadOptions.defaults())) {
      return model.digests();
    }
  }

  private static void overwrite(Tensor tensor) {
    try (Tensor detached = tensor.detach();
        Scalar zero = new Scalar(0)) {
      detached.fill_(zero);
    }
  }

  @Test
  void whatBecameOfMappedFilesIsTold(@TempDir Path dir) throws IOException {
    Path source = SCENARIOS.resolve("gemma2-sharded");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, dir.resolve(file.getFileName()));
      }
    }
    try (Model mapped = Tenon.load(dir, LoadOptions.defaults());
        Model copied = Tenon.load(dir, LoadOptions.copy())) {
      assertThat(mapped.verify()).isEmpty();
      Map<String, Integer> before = copied.digests();

      Path gone = shard(dir, 1);
      Files.delete(gone);
      Path replaced = shard(dir, 2);
      Path other = Files.copy(shard(dir, 3), dir.resolve("other"));
      Files.move(other, replaced, StandardCopyOption.REPLACE_EXISTING);
      Path written = shard(dir, 4);
      Files.setLastModifiedTime(written, FileTime.fromMillis(0));

      assertThat(mapped.verify())
          .extracting(ChangedFile::file, ChangedFile::kind)
          .containsExactly(
              tuple(gone, ChangedFile.Kind.GONE),
              tuple(replaced, ChangedFile.Kind.REPLACED),
              tuple(written, ChangedFile.Kind.WRITTEN));
      assertThat(mapped.digests()).isEqualTo(before);
      mapped.to("cpu", DType.F64);
      assertThat(mapped.verify()).isEmpty();
      assertThat(copied.verify()).isEmpty();
    }
  }

  private static Path shard(Path directory, int number) {
    return directory.resolve("model-%05d-of-00007.safetensors".formatted(number));
  }
}
