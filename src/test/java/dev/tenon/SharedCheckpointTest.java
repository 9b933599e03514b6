package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several models over one mapping of a checkpoint's files. */
class SharedCheckpointTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final String BASE = "bert.embeddings.word_embeddings.weight";

  @TempDir private Path directory;

  @BeforeEach
  void aCopyThatNothingElseMaps() throws IOException {
    MappedRegions.copy(SCENARIOS.resolve("bert-mlm"), directory);
  }

  private static LoadOptions as(String className) {
    return LoadOptions.builder().className(className).build();
  }

  @Test
  void aBaseModelAndAClassifierHaveTheSameBytes() throws IOException {
    try (SharedCheckpoint files = Tenon.share(directory);
        Model base = files.load(as("BertModel"));
        Model classifier = files.load(as("BertForSequenceClassification"));
        Model again = files.load(as("BertModel"));
        Model alone = Tenon.load(directory, as("BertForSequenceClassification"))) {
      String plain = BASE.substring("bert.".length());
      assertThat(classifier.tensor(BASE).data_ptr()).isEqualTo(base.tensor(plain).data_ptr());
      assertThat(again.tensor(plain).data_ptr()).isEqualTo(base.tensor(plain).data_ptr());
      assertThat(classifier.digests()).isEqualTo(alone.digests());
      assertThat(classifier.report().missing()).isEqualTo(alone.report().missing()).isNotEmpty();
    }
  }

  @Test
  void theFilesAreMappedOnceAndAsLongAsATensorIsLeft() throws IOException {
    assumeThat(MappedRegions.known()).as("/proc/self/maps is there").isTrue();
    SharedCheckpoint files = Tenon.share(directory);
    Model one = files.load(as("BertModel"));
    Model other = files.load(as("BertForSequenceClassification"));
    assertThat(MappedRegions.of(directory)).isEqualTo(1);

    files.close();
    files.close();
    one.close();
    assertThat(MappedRegions.of(directory)).isEqualTo(1);
    assertThat(other.digests()).isNotEmpty();

    other.close();
    assertThat(MappedRegions.of(directory)).isZero();
  }

  @Test
  void loadsMayRunAtOnce() {
    try (SharedCheckpoint files = Tenon.share(directory)) {
      List<Map<String, Integer>> all =
          IntStream.range(0, 8)
              .parallel()
              .mapToObj(
                  i -> {
                    try (Model model = files.load(as("BertModel"))) {
                      return model.digests();
                    }
                  })
              .toList();

      assertThat(all).allSatisfy(digests -> assertThat(digests).isEqualTo(all.get(0)));
    }
  }

  @Test
  void aFileThatChangedSinceIsRefused() throws IOException {
    try (SharedCheckpoint files = Tenon.share(directory);
        Model before = files.load(as("BertModel"))) {
      Path file = directory.resolve("model.safetensors");
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));

      assertThatThrownBy(() -> files.load(as("BertModel")))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining(file.toString());
      assertThat(before.names()).isNotEmpty();
    }
  }

  @Test
  void closedOrWithAVariantItRefuses() {
    SharedCheckpoint files = Tenon.share(directory);
    assertThatThrownBy(() -> files.load(LoadOptions.builder().variant("fp16").build()))
        .hasMessageContaining("variant=fp16");
    files.close();
    assertThatThrownBy(() -> files.load(as("BertModel")))
        .hasMessage("Attempt to use a shared checkpoint, but it is closed");
  }
}
