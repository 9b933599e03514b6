package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A checkpoint of a shape, in two directories over the same weight files: one whose config says
 * that the head is tied, and one whose config does not, so that a loader takes the head for
 * missing.
 *
 * @param tied the directory Tenon loads
 * @param untied the directory the naive way loads
 */
record DemoCheckpoint(Path tied, Path untied) {

  /** Makes the checkpoint under a directory, or takes the one an earlier run finished. */
  static DemoCheckpoint make(Path directory, DemoShape shape) {
    Path tied = directory.resolve(shape.name());
    Path untied = directory.resolve(shape.name() + "-untied");
    Path finished = directory.resolve(shape.name() + ".finished");
    try {
      Files.createDirectories(tied);
      Files.createDirectories(untied);
      Files.writeString(tied.resolve("config.json"), shape.config(true));
      Files.writeString(untied.resolve("config.json"), shape.config(false));
      if (!Files.exists(finished)) {
        for (Path file : write(tied, shape)) {
          Path link = untied.resolve(file.getFileName());
          Files.deleteIfExists(link);
          Files.createLink(link, file);
        }
        Files.createFile(finished);
      }
    } catch (IOException e) {
      throw new TenonException("The demo's checkpoint cannot be written: reason=" + e, e);
    }
    return new DemoCheckpoint(tied, untied);
  }

  private static List<Path> write(Path directory, DemoShape shape) throws IOException {
    List<List<Slot>> shards = shards(directory, shape);
    List<Path> files = new ArrayList<>();
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      files.add(directory.resolve(name));
      writer.write(files.get(i), shards.get(i));
    }
    if (shards.size() > 1) {
      Path index = directory.resolve("model.safetensors.index.json");
      index(index, files, shards);
      files.add(index);
    }
    return files;
  }

  /** What a save writes: parameters without the targets of ties, cut at the shape's file size. */
  private static List<List<Slot>> shards(Path config, DemoShape shape) {
    Skeleton skeleton = Tenon.skeleton(config, LoadOptions.defaults()).skeleton();
    Set<String> targets = skeleton.ties().stream().map(Tie::target).collect(Collectors.toSet());
    List<List<Slot>> shards = new ArrayList<>();
    long size = Long.MAX_VALUE / 2;
    for (Slot slot : skeleton.slots()) {
      if (!slot.isParameter() || targets.contains(slot.name())) {
        continue;
      }
      size += SafetensorsWriter.bytes(slot);
      if (size > shape.shardBytes()) {
        shards.add(new ArrayList<>());
        size = SafetensorsWriter.bytes(slot);
      }
      shards.get(shards.size() - 1).add(slot);
    }
    return shards;
  }

  private static void index(Path file, List<Path> files, List<List<Slot>> shards)
      throws IOException {
    try (JsonGenerator json =
        new JsonFactory().createGenerator(Files.newOutputStream(file)).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      // Some readers insist on it.
      json.writeObjectFieldStart("metadata");
      json.writeNumberField("total_size", bytes(shards));
      json.writeEndObject();
      json.writeObjectFieldStart("weight_map");
      for (int i = 0; i < shards.size(); i++) {
        for (Slot slot : shards.get(i)) {
          json.writeStringField(slot.name(), files.get(i).getFileName().toString());
        }
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static long bytes(List<List<Slot>> shards) {
    return shards.stream().flatMap(List::stream).mapToLong(SafetensorsWriter::bytes).sum();
  }
}
