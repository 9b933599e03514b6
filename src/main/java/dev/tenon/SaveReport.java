package dev.tenon;

import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.List;

/**
 * What a save did. Immutable.
 *
 * @param directory where the checkpoint is
 * @param files the weight files, in the order tensors are divided among them
 * @param dtype the dtype the config says: that of the model's first floating-point parameter
 * @param tensors how many tensors were written
 * @param bytes how many bytes they take
 * @param millis how long it took, until all of it was on the disk
 */
public record SaveReport(
    Path directory, List<Path> files, DType dtype, int tensors, long bytes, double millis) {

  /** Copies the list. */
  public SaveReport {
    files = List.copyOf(files);
  }
}
