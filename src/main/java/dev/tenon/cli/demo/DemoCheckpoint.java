package dev.tenon.cli.demo;

import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.write.CheckpointWriter;
import dev.tenon.checkpoint.write.NewCheckpoint;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
public record DemoCheckpoint(Path tied, Path untied) {

  /** Makes the checkpoint under a directory, or takes the one an earlier run finished. */
  public static DemoCheckpoint make(Path directory, DemoShape shape) {
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

  private static List<Path> write(Path directory, DemoShape shape) {
    List<NewTensor> tensors = tensors(directory);
    long parameters = tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    List<Path> files =
        new ArrayList<>(
            CheckpointWriter.write(
                directory,
                new NewCheckpoint(tensors, parameters, Map.of()),
                shape.shardBytes(),
                CheckpointWriter.Listener.NONE));
    if (files.size() > 1) {
      files.add(directory.resolve("model.safetensors.index.json"));
    }
    return files;
  }

  /** What a save writes: parameters without the targets of ties. */
  private static List<NewTensor> tensors(Path config) {
    Skeleton skeleton = Tenon.skeleton(config, LoadOptions.defaults()).skeleton();
    Set<String> targets = skeleton.ties().stream().map(Tie::target).collect(Collectors.toSet());
    RandomContent random = new RandomContent();
    List<NewTensor> tensors = new ArrayList<>();
    for (Slot slot : skeleton.slots()) {
      if (slot.isParameter() && !targets.contains(slot.name())) {
        tensors.add(
            new NewTensor(
                slot.name(),
                DType.BF16,
                slot.shape(),
                NewTensor.ALONE,
                sink -> random.write(DType.BF16.bytes(slot.shape().elements()), sink)));
      }
    }
    return tensors;
  }
}
