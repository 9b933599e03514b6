package dev.tenon.checkpoint;

import dev.tenon.tensor.DType;
import java.nio.file.Path;

/**
 * A tensor some of whose values are no finite numbers. Both parts of a complex number count.
 *
 * @param file the file that holds it
 * @param tensor its name
 * @param dtype its element type in the file
 * @param nans how many are NaN, quiet or signalling
 * @param infinities how many are infinite, of either sign
 */
public record NonFinite(Path file, String tensor, DType dtype, long nans, long infinities) {}
