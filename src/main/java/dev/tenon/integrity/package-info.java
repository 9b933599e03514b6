/**
 * What the bytes of weight files are, beyond what headers say of them: whether all can be read,
 * which tensors hold NaN or infinity, and digests by which one sees that nothing has changed.
 *
 * <p>In order of importance:
 *
 * <ol>
 *   <li>{@link dev.tenon.integrity.CheckpointDigest} is SHA-256 of each file and CRC-32 of each
 *       tensor; {@link dev.tenon.integrity.DigestFile} keeps it.
 *   <li>{@link dev.tenon.integrity.DigestCheck} compares files with a digest, beside a load if
 *       wanted.
 *   <li>{@link dev.tenon.integrity.DataScan} reads every byte, and counts what is no number.
 * </ol>
 *
 * <p>Every file is read once, in order, in pieces that several threads work on. Memory is bounded
 * whatever the files' size. Uses {@code checkpoint}, {@code tensor}, the JDK and Jackson's
 * streaming API, never libtorch.
 */
@NullMarked
package dev.tenon.integrity;

import org.jspecify.annotations.NullMarked;
