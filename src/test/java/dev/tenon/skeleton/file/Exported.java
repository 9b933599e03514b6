package dev.tenon.skeleton.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.skeleton.Skeleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Skeleton files written by the exporter for small models no family states, and the initial values
 * the reference gives them with nothing loaded, seed 0, float32.
 *
 * @param name the model's type
 */
public record Exported(String name) {
  private static final Path DIRECTORY = Path.of("src", "test", "resources", "skeletons");

  public static Stream<Exported> all() {
    return Stream.of("conditional_detr", "mamba", "olmoe", "sam", "swin", "wav2vec2", "xlm")
        .map(Exported::new);
  }

  public Path file() {
    return DIRECTORY.resolve(name + ".json");
  }

  public Skeleton skeleton() {
    return SkeletonFile.read(file());
  }

  /** CRC-32 of each slot's bytes; slots the reference leaves as raw memory are not there. */
  public JsonNode init() {
    return golden().get("init");
  }

  /** Values of slots that go through functions whose last bit depends on how torch was built. */
  public JsonNode near() {
    return golden().path("near");
  }

  private JsonNode golden() {
    try {
      Path golden = DIRECTORY.resolve(name + ".golden.json");
      return JsonMapper.builder().build().readTree(golden.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
