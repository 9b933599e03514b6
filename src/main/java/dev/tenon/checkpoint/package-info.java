/**
 * What is on disk: the files of a checkpoint, and where each tensor's bytes are in them.
 *
 * <p>In order of importance:
 *
 * <ol>
 *   <li>{@link dev.tenon.checkpoint.Checkpoint} finds the files of a directory as the reference
 *       does and reads their headers, never a tensor's bytes.
 *   <li>{@link dev.tenon.checkpoint.TensorEntry} is one tensor: a name, a dtype, a shape and an
 *       absolute offset in a {@link dev.tenon.checkpoint.Shard}'s file, whatever its format.
 *   <li>{@link dev.tenon.checkpoint.SafetensorsHeader} holds every rule of the safetensors format,
 *       {@code checkpoint.torch} those of torch's own.
 *   <li>{@link dev.tenon.checkpoint.Verification} says whether files keep those rules.
 * </ol>
 *
 * <p>Input is not trusted. Whatever a file holds, the outcome is a value or a {@link
 * dev.tenon.TenonException} that names the file and the reason. Everything handed out is immutable
 * and may be used by any thread; no file stays open. Uses the JDK and Jackson's streaming parser.
 */
@NullMarked
package dev.tenon.checkpoint;

import org.jspecify.annotations.NullMarked;
