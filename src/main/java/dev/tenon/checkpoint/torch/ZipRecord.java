package dev.tenon.checkpoint.torch;

/**
 * A file inside a zip archive, as its central directory lists it.
 *
 * @param name its path in the archive
 * @param stored whether its bytes are there as they are, neither compressed nor encrypted
 * @param size its bytes, uncompressed
 * @param header where its local header starts in the archive
 */
record ZipRecord(String name, boolean stored, long size, long header) {}
